import type { EventType } from "@muster/contracts/event";

interface Sample {
  readonly deviceId: string;
  readonly actor: string;
  /** The body, proto3 JSON, with every field set. */
  readonly data: object;
}

export const DEVICE = "0d5e0f4c-5b1e-4d0a-9f6f-0a9c8f4f1c01";
const HOLDER = "0d5e0f4c-5b1e-4d0a-9f6f-0a9c8f4f1c02";
const POLICY = "5c2f9a52-2a2f-4d2c-8e0c-6a1f4d6f2b03";
const COMMAND = "7a4f1a0e-3c1d-4a6e-8a55-9b2f8f2c4d04";
const SCRIPT = "2b9c1f3a-7d4e-4c8b-9a6f-5e3d1c7b8a05";
const AT = "2026-10-01T08:15:30.123Z";

const device = (data: object, actor = `device:${DEVICE}`): Sample => ({ deviceId: DEVICE, actor, data });
const nobodys = (data: object, actor = ""): Sample => ({ deviceId: "", actor, data });

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

const command = (changes: object) => ({
  command: {
    id: COMMAND,
    deviceId: DEVICE,
    type: "COMMAND_TYPE_RUN_SCRIPT",
    runScript: { scriptId: SCRIPT, timeoutSeconds: 120 },
    createdBy: "ada@acme.example",
    reason: "ticket 42",
    createdAt: "2026-10-01T08:00:00.000Z",
    expiresAt: "2026-10-08T08:00:00.000Z",
    version: 2,
    ...changes,
  },
});

const ended = { deliveredAt: "2026-10-01T08:10:00.000Z", endedAt: AT, deliveries: 1 };
const bounds = { startedAt: "2026-10-01T08:10:01.000Z", endedAt: "2026-10-01T08:15:29.000Z" };

const campaign = (changes: object) => ({
  campaign: {
    id: HOLDER,
    name: "Rotate the certificates",
    state: "CAMPAIGN_STATE_RUNNING",
    type: "COMMAND_TYPE_APPLE",
    requestType: "InstallProfile",
    deviceCount: 1000,
    waveSizes: [10, 100, 890],
    wave: 2,
    nextWaveAt: AT,
    pauseSeconds: 3600,
    successPercent: 90,
    haltPercent: 10,
    haltMinimum: 5,
    reason: "ticket 42",
    createdBy: "ada@acme.example",
    createdAt: "2026-10-01T08:00:00.000Z",
    approvedBy: "vera@acme.example",
    expiresAt: "2026-10-08T08:00:00.000Z",
    approvalExpiresAt: "2026-10-02T08:00:00.000Z",
    ...changes,
  },
});

const counts = {
  waiting: 890,
  refused: 3,
  queued: 17,
  delivered: 10,
  acknowledged: 60,
  failed: 15,
  expired: 4,
  cancelled: 1,
};

const software = (name: string) => ({ name, version: "1.2.3", source: "deb", vendor: `Makers of ${name}` });

const appToken = {
  id: COMMAND,
  organization: "Acme",
  location: "Acme Berlin",
  appleId: "2049025000431439",
  expiresAt: "2026-10-15T08:00:00.000Z",
  syncedAt: AT,
  createdBy: "ada@acme.example",
};

/** One event of every type there is. */
export const SAMPLES: Readonly<Record<EventType, Sample>> = {
  "muster.command.v1.AppleAnswered": device({
    deviceId: DEVICE,
    userId: "F7C8C2A4-1111-4222-8333-944455556666",
    commandId: COMMAND,
    requestType: "DeviceInformation",
    response: { QueryResponses: { OSVersion: "15.1", DeviceCapacity: 494.38 } },
    answeredAt: AT,
    partial: true,
  }),
  "muster.command.v1.AppleDeviceDescribed": device({
    deviceId: DEVICE,
    enrollmentId: "0199f2a0-0000-7000-8000-00000000a001",
    osVersion: "18.1",
    supervised: true,
    awaitingConfiguration: true,
  }),
  "muster.command.v1.EscrowProved": device({
    deviceId: DEVICE,
    commandId: COMMAND,
    kind: "SECRET_KIND_RECOVERY_LOCK_PASSWORD",
    proof: "ESCROW_PROOF_SET",
  }),
  "muster.command.v1.AppTokenExpiring": nobodys({ token: appToken, daysLeft: 14 }),
  "muster.command.v1.AppTokenClaimed": nobodys({ token: { ...appToken, claimedBy: "Another management" } }),
  "muster.command.v1.AppInstallEnded": device({
    install: {
      deviceId: DEVICE,
      commandId: COMMAND,
      identifier: "com.example.mail",
      state: "APP_INSTALL_STATE_FAILED",
      status: "UserRejected",
      acceptedAt: "2026-10-01T08:10:00.000Z",
      endedAt: AT,
    },
  }),
  "muster.command.v1.CampaignProposed": nobodys(
    campaign({ state: "CAMPAIGN_STATE_AWAITING_APPROVAL" }),
    "ada@acme.example",
  ),
  "muster.command.v1.CampaignStarted": nobodys(campaign({}), "vera@acme.example"),
  "muster.command.v1.CampaignAdvanced": nobodys(campaign({})),
  "muster.command.v1.CampaignHalted": nobodys(
    campaign({ state: "CAMPAIGN_STATE_HALTED", haltReason: "failures", counts }),
  ),
  "muster.command.v1.CampaignFinished": nobodys(
    campaign({ state: "CAMPAIGN_STATE_CANCELLED", endedAt: AT, counts }),
    "ada@acme.example",
  ),
  "muster.command.v1.PushCertificateChanged": nobodys(
    { certificateId: SCRIPT, topic: "com.apple.mgmt.External.acme", notAfter: AT, uploadedAt: AT },
    "ada@acme.example",
  ),
  "muster.command.v1.PushCertificateExpiring": nobodys({
    certificateId: SCRIPT,
    topic: "com.apple.mgmt.External.acme",
    notAfter: AT,
    daysLeft: 7,
    appleAccount: "push@acme.example",
  }),
  "muster.command.v1.PushTopicStopped": nobodys({
    certificateId: SCRIPT,
    topic: "com.apple.mgmt.External.acme",
    reason: "BadCertificate",
    stoppedAt: AT,
  }),
  "muster.command.v1.CommandQueued": device(command({ state: "COMMAND_STATE_QUEUED" }), "ada@acme.example"),
  "muster.command.v1.CommandDelivered": device(command({ state: "COMMAND_STATE_DELIVERED", deliveries: 1 })),
  "muster.command.v1.CommandAcknowledged": device(
    command({ ...ended, state: "COMMAND_STATE_ACKNOWLEDGED", result: bounds, createdBy: `policy:${POLICY}` }),
  ),
  "muster.command.v1.CommandFailed": device(
    command({
      ...ended,
      state: "COMMAND_STATE_FAILED",
      result: { ...bounds, exitCode: 3, outputTruncated: true, reason: "the script ended with 3" },
    }),
  ),
  "muster.command.v1.CommandExpired": device(command({ state: "COMMAND_STATE_EXPIRED", endedAt: AT })),
  "muster.command.v1.CommandCancelled": device(
    command({ state: "COMMAND_STATE_CANCELLED", endedAt: AT }),
    "token:deployments",
  ),
  "muster.command.v1.DeviceReleased": device({ deviceId: DEVICE, commandId: COMMAND }),
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
  "muster.gateway.v1.ActionTaken": nobodys(
    {
      action: "command.write",
      method: "muster.command.v1.CommandService/EnqueueCommands",
      actor: "vera@acme.example",
      role: "viewer",
      status: 403,
      code: "identity.forbidden",
      path: "/api/v1/commands",
      remoteAddress: "2001:db8::17",
      idempotencyKey: "try-1",
      takenAt: AT,
      credentialKind: "session",
      credentialId: "5f2b7c01d9e84a36",
      userAgent: "Mozilla/5.0",
      traceId: "0af7651916cd43dd8448eb211c80319c",
      requestId: "request-1",
      resourceId: "script-1",
      resourceName: "Restart the printer",
      before: { name: "Restart the printer" },
      after: { name: "Restart a printer" },
      alsoRefused: 3,
    },
    "vera@acme.example",
  ),
  "muster.inventory.v1.DeviceFactsChanged": device({
    deviceId: DEVICE,
    version: 12,
    facts: [
      { name: "uptime", value: { total_seconds: 0 }, version: 4, since: AT },
      { name: "mounts", value: [{ path: "/a=b|c\\d", blocks: 7 }], version: 5, since: AT },
    ],
    platform: "PLATFORM_LINUX",
    displayName: "build-7",
    observedAt: AT,
  }),
  "muster.inventory.v1.SoftwareChanged": device({
    deviceId: DEVICE,
    version: 13,
    installed: [software("curl")],
    removed: [software("telnet")],
    installedCount: 101,
    removedCount: 202,
    observedAt: AT,
  }),
  "muster.inventory.v1.LabelMembershipChanged": device({
    deviceId: DEVICE,
    version: 14,
    labelId: "label-finance",
    labelName: "Finance",
    member: true,
    labelIds: ["label-all", "label-finance"],
    changedAt: AT,
  }),
  "muster.inventory.v1.QueryAnswered": device({
    deviceId: DEVICE,
    version: 15,
    policyId: POLICY,
    policyRevision: 6,
    rowCount: 11,
    rows: [{ columns: { name: "root", shell: "/bin/sh" } }],
    error: "no such table: discs",
    answeredAt: AT,
    displayName: "build-7",
  }),
  "muster.inventory.v1.LiveQueryEnded": nobodys(
    {
      liveQueryId: "live-1",
      sql: "select 1 = 1",
      state: "stopped",
      targets: 40,
      answered: 31,
      failed: 5,
      createdBy: "ada@acme.example",
      endedAt: AT,
    },
    "ada@acme.example",
  ),
  "muster.inventory.v1.CarveCompleted": device({
    carveId: "carve-1",
    deviceId: DEVICE,
    path: "/var/log/auth.log",
    sizeBytes: 12_345,
    completedAt: AT,
  }),
  "muster.notification.v1.SinkFailing": nobodys({
    name: "SIEM",
    consecutiveFailures: 5,
    lastStatus: 503,
    lastError: "the receiver answered 503",
    disabled: true,
    failedAt: AT,
    sinkId: "sink-1",
    disabledReason: "it was gone",
  }),
  "muster.notification.v1.SinkRecovered": nobodys({ name: "SIEM", recoveredAt: AT, sinkId: "sink-1" }),
  "muster.notification.v1.AuditCheckpointed": nobodys({
    number: 4096,
    hash: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    checkpointedAt: AT,
    checkpoint: "header.payload.signature",
  }),
  "muster.notification.v1.AuditRecordsRemoved": nobodys({
    through: 4096,
    hash: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    removedAt: AT,
  }),
  "muster.notification.v1.SubscriberCreated": nobodys({
    subscriberId: "subscriber-1",
    name: "SOC",
    account: "AACCOUNT",
    createdAt: AT,
  }),
  "muster.notification.v1.SubscriberRevoked": nobodys({ subscriberId: "subscriber-1", name: "SOC", revokedAt: AT }),
  "muster.policy.v1.PolicyChanged": nobodys(
    {
      policy: {
        id: POLICY,
        name: "Disks are sealed",
        description: "Every disk is encrypted",
        query: "select 1 from disk_encryption",
        selection: { labelIds: ["label-all"] },
        severity: "SEVERITY_HIGH",
        resolution: "Turn on encryption",
        intervalSeconds: 900,
        remediationScriptId: SCRIPT,
        enabled: true,
        revision: 7,
        createdAt: "2026-09-01T00:00:00.000Z",
        updatedAt: AT,
      },
      removed: true,
    },
    "ada@acme.example",
  ),
  "muster.policy.v1.ComplianceChanged": device(
    {
      deviceId: DEVICE,
      displayName: "build-7",
      version: 16,
      policyId: POLICY,
      policyName: "Disks are sealed",
      severity: "SEVERITY_HIGH",
      previous: "VERDICT_PASS",
      verdict: "VERDICT_FAIL",
      reason: "the answer had no rows",
      evidence: [{ columns: { name: "/dev/sda", encrypted: "0" } }],
      resolution: "Turn on encryption",
      answeredAt: AT,
      failingPolicies: 3,
    },
    `policy:${POLICY}`,
  ),
  "muster.policy.v1.DesiredStateChanged": device({
    deviceId: DEVICE,
    version: 4,
    profiles: [
      {
        commandId: COMMAND,
        profileId: SCRIPT,
        identifier: "example.acme.wifi",
        revision: 2,
        userId: "F7C8",
        remove: true,
      },
    ],
    declarationsDigest: "d41d8cd98f00b204",
    declarationsCommandId: HOLDER,
    declarationsUserId: "F7C8",
    readyToRelease: true,
    appleGeneration: 2,
  }),
  "muster.policy.v1.ProfileStateChanged": device({
    deviceId: DEVICE,
    profileId: SCRIPT,
    profileName: "Wi-Fi",
    revision: 2,
    previous: "PROFILE_STATE_DELIVERED",
    state: "PROFILE_STATE_FAILED",
    cause: "the profile is not on the device",
    version: 5,
    userId: "F7C8",
  }),
  "muster.policy.v1.DeviceStatusReported": device({
    deviceId: DEVICE,
    userId: "F7C8",
    fullReport: true,
    items: { device: { "operating-system": { version: "15.1" } } },
    reportedAt: AT,
    version: 12,
    errors: [{ item: "mdm.app", code: "Error.Unknown", description: "mdm.app is not known here" }],
  }),
  "muster.policy.v1.RemediationRequested": device(
    {
      commandId: COMMAND,
      deviceId: DEVICE,
      policyId: POLICY,
      policyName: "Disks are sealed",
      scriptId: SCRIPT,
      requestedAt: AT,
    },
    `policy:${POLICY}`,
  ),
};
