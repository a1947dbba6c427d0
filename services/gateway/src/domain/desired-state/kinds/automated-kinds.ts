import { count, type Kind } from "../kind.ts";

const PROFILE = "AutomatedEnrollmentProfile";

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
  references: [
    { path: "rules.profileId", as: "profile", kind: PROFILE },
    { path: "defaultProfileId", as: "defaultProfile", kind: PROFILE },
  ],
  devices: ({ deviceCount }) => count(deviceCount),
  // Its key, and the token that Apple made for it.
  isLost: () => true,
};
