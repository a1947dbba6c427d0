import { AT, COMMAND, DEVICE, device, HOLDER, nobodys, type SamplesOf } from "./sample.ts";

const enrollment = {
  deviceId: DEVICE,
  generations: { osquery: 1, orbit: 2 },
  version: 3,
  status: "STATUS_ENROLLED",
  method: "METHOD_ORBIT",
  platform: "PLATFORM_LINUX",
  ownership: "OWNERSHIP_CORPORATE",
  hostIdentifier: "identifier-of-host",
  hardwareUuid: "4C4C4544-0042-4810-8051-B6C04F4E4E33",
  hardwareSerial: "SER-4711",
  hostname: "build-7.acme.example",
  hardwareVendor: "LENOVO",
  hardwareModel: "ThinkPad X1",
  duplicateOf: HOLDER,
  certificateSerial: "0a1b2c",
  certificateNotAfter: "2027-10-01T00:00:00.000Z",
  firstEnrolledAt: "2026-01-02T03:04:05.000Z",
  enrolledAt: AT,
  apple: {
    enrollmentId: HOLDER,
    kind: "APPLE_ENROLLMENT_KIND_AUTOMATED",
    udid: "00008120-000A1B2C3D4E001E",
    userEnrollmentId: "5F1C0C1E",
    productName: "Mac15,3",
    osVersion: "15.1",
    buildVersion: "24B83",
    supervised: true,
    topic: "com.apple.mgmt.External.acme",
    accessRights: 8191,
    awaitingConfiguration: true,
    pushReady: true,
    users: [{ userId: "F7C8C2A4", shortName: "ada", longName: "Ada", pushReady: true }],
    managedAccount: "ada@acme.example",
    releasedByHand: true,
  },
};

const secret = {
  id: COMMAND,
  deviceId: DEVICE,
  kind: "SECRET_KIND_DISK_RECOVERY_KEY",
  escrowedAt: AT,
  provenAt: AT,
  endedAt: AT,
  commandId: COMMAND,
};

export const ENROLLMENT_SAMPLES: SamplesOf<"enrollment"> = {
  "muster.enrollment.v1.DeviceEnrolled": device({ enrollment, reEnrolled: true }),
  "muster.enrollment.v1.DeviceUnenrolled": device(
    { enrollment: { ...enrollment, status: "STATUS_UNENROLLED" }, reason: "sold" },
    "ada@acme.example",
  ),
  "muster.enrollment.v1.IdentityRenewed": device({ enrollment }),
  "muster.enrollment.v1.IdentityRenewalRequested": device({
    deviceId: DEVICE,
    enrollmentId: HOLDER,
    commandId: COMMAND,
    certificateNotAfter: AT,
  }),
  "muster.enrollment.v1.IdentityConflictFound": device({
    enrollment,
    holderDeviceId: HOLDER,
    differences: ["instance_id", "hostname"],
  }),
  "muster.enrollment.v1.PushTokenChanged": device({
    deviceId: DEVICE,
    userId: "F7C8C2A4-1111-4222-8333-944455556666",
    enrollmentId: HOLDER,
    topic: "com.apple.mgmt.External.acme",
    pushReady: true,
  }),
  "muster.enrollment.v1.SecretEscrowed": device({ secret }),
  "muster.enrollment.v1.SecretRead": device(
    { secret: { ...secret, lastReadAt: AT }, purpose: "the owner forgot it" },
    "ada@acme.example",
  ),
  "muster.enrollment.v1.EnrollmentRefused": nobodys({
    method: "METHOD_OSQUERY",
    code: "enrollment.secret_unknown",
    remoteAddress: "203.0.113.9",
    hostname: "stranger",
    refusedAt: AT,
  }),
  "muster.enrollment.v1.AutomatedEnrollmentServerExpiring": nobodys({
    serverId: HOLDER,
    name: "Business Manager",
    expiresAt: "2026-10-15T08:15:30.123Z",
  }),
  "muster.enrollment.v1.AutomatedEnrollmentTermsChanged": nobodys({
    serverId: HOLDER,
    name: "Business Manager",
    organization: "Acme",
  }),
};
