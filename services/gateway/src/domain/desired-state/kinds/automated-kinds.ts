import { count, type Kind, type Reference } from "../kind.ts";

const PROFILE = "AutomatedEnrollmentProfile";

const inRules: Reference = { path: "rules.profileId", as: "profile", kind: PROFILE };
const otherwise: Reference = { path: "defaultProfileId", as: "defaultProfile", kind: PROFILE };

export const AUTOMATED_PROFILE: Kind = {
  kind: PROFILE,
  service: "muster.enrollment.v1.AutomatedEnrollmentService",
  methods: {
    list: "ListAutomatedEnrollmentProfiles",
    check: "CheckAutomatedEnrollmentProfile",
    create: "CreateAutomatedEnrollmentProfile",
    update: "UpdateAutomatedEnrollmentProfile",
    remove: "DeleteAutomatedEnrollmentProfile",
  },
  fields: [
    "supervised",
    "mandatory",
    "removable",
    "awaitConfiguration",
    "release",
    "autoAdvance",
    "sharedIpad",
    "webView",
    "ignoreBackupProfile",
    "skipSetupItems",
    "department",
    "supportPhoneNumber",
    "supportEmailAddress",
    "language",
    "region",
    "anchorCertificates",
    "minimums",
    "returnToService",
    "returnNetwork",
  ],
  isLost: ({ hasReturnNetwork }) => hasReturnNetwork === true,
};

export const AUTOMATED_SERVER: Kind = {
  kind: "AutomatedEnrollmentServer",
  service: "muster.enrollment.v1.AutomatedEnrollmentService",
  methods: {
    list: "ListAutomatedEnrollmentServers",
    check: "CheckAutomatedEnrollmentServer",
    create: "CreateAutomatedEnrollmentServer",
    update: "UpdateAutomatedEnrollmentServer",
    remove: "DeleteAutomatedEnrollmentServer",
  },
  fields: ["rules", "defaultProfileId"],
  references: [inRules, otherwise],
  devices: ({ deviceCount }) => count(deviceCount),
  // Its key, and the token that Apple made for it.
  isLost: () => true,
};
