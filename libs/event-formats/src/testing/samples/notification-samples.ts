import { AT, nobodys, type SamplesOf } from "./sample.ts";

export const NOTIFICATION_SAMPLES: SamplesOf<"notification"> = {
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
};
