import { AT, COMMAND, DEVICE, device, HOLDER, nobodys, POLICY, type SamplesOf, SCRIPT } from "./sample.ts";

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

const appToken = {
  id: COMMAND,
  organization: "Acme",
  location: "Acme Berlin",
  appleId: "2049025000431439",
  expiresAt: "2026-10-15T08:00:00.000Z",
  syncedAt: AT,
  createdBy: "ada@acme.example",
};

export const COMMAND_SAMPLES: SamplesOf<"command"> = {
  "muster.command.v1.RefetchAccepted": device({ deviceId: DEVICE, commandId: COMMAND }),
  "muster.command.v1.ProfileChangeAcknowledged": device({ deviceId: DEVICE, commandId: COMMAND, endedAt: AT }),
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
};
