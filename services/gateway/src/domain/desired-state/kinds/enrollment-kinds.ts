import { isNotRevoked, type Kind } from "../kind.ts";

export const ENROLL_SECRET: Kind = {
  kind: "EnrollSecret",
  service: "muster.enrollment.v1.EnrollmentService",
  methods: {
    list: "ListEnrollSecrets",
    check: "CheckEnrollSecret",
    create: "CreateEnrollSecret",
    remove: "RevokeEnrollSecret",
  },
  fields: ["secret", "ownership", "expiresAt"],
  required: ["secret"],
  evidence: ["hint"],
  isLive: isNotRevoked,
  isLost: () => true,
  isSpent: true,
};

export const ACCOUNT_SIGN_IN: Kind = {
  kind: "AccountSignIn",
  service: "muster.enrollment.v1.AccountSignInService",
  methods: {
    list: "ListAccountSignIns",
    check: "CheckAccountSignIn",
    create: "CreateAccountSignIn",
    update: "UpdateAccountSignIn",
    remove: "DeleteAccountSignIn",
  },
  fields: [
    "issuer",
    "clientId",
    "clientSecret",
    "domains",
    "allowsPersonal",
    "allowsCorporate",
    "signInDays",
    "minimums",
  ],
  isLost: ({ confidential }) => confidential === true,
};

export const APPLE_IDENTITY: Kind = {
  kind: "AppleIdentity",
  service: "muster.enrollment.v1.AppleIdentityService",
  methods: { list: "GetAppleIdentity", check: "CheckAppleIdentity", update: "SetAppleIdentity" },
  fields: ["way"],
};

export const ENROLLMENT_TOKEN: Kind = {
  kind: "EnrollmentToken",
  service: "muster.enrollment.v1.EnrollmentService",
  methods: {
    list: "ListEnrollmentTokens",
    check: "CheckEnrollmentToken",
    create: "CreateEnrollmentToken",
    remove: "RevokeEnrollmentToken",
  },
  fields: ["maxUses", "ownership", "expiresAt"],
  defaults: { maxUses: 1 },
  isLive: isNotRevoked,
  isLost: () => true,
};
