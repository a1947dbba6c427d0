import type { EventType } from "@muster/contracts/event";

/** event.kind, event.category and event.type: values that the Elastic Common Schema allows, in pairs that it expects. */
export interface Categories {
  readonly kind: "event" | "alert" | "state";
  readonly category: readonly (
    | "api"
    | "configuration"
    | "file"
    | "host"
    | "iam"
    | "intrusion_detection"
    | "package"
    | "process"
  )[];
  readonly type: readonly ("access" | "change" | "creation" | "deletion" | "denied" | "end" | "info" | "start")[];
}

const COMMAND = { kind: "event", category: ["host", "process"] } as const;

export const CATEGORIES: Readonly<Record<EventType, Categories>> = {
  "muster.command.v1.CommandQueued": { ...COMMAND, type: ["info"] },
  "muster.command.v1.CommandDelivered": { ...COMMAND, type: ["start"] },
  "muster.command.v1.CommandAcknowledged": { ...COMMAND, type: ["end"] },
  "muster.command.v1.CommandFailed": { ...COMMAND, type: ["end"] },
  "muster.command.v1.CommandExpired": { ...COMMAND, type: ["end"] },
  "muster.command.v1.CommandCancelled": { ...COMMAND, type: ["end"] },
  "muster.enrollment.v1.DeviceEnrolled": { kind: "event", category: ["host", "configuration"], type: ["change"] },
  "muster.enrollment.v1.DeviceUnenrolled": { kind: "event", category: ["host", "configuration"], type: ["change"] },
  "muster.enrollment.v1.IdentityRenewed": { kind: "event", category: ["host", "configuration"], type: ["change"] },
  "muster.enrollment.v1.IdentityConflictFound": { kind: "alert", category: ["intrusion_detection"], type: ["info"] },
  "muster.enrollment.v1.EnrollmentRefused": { kind: "event", category: ["api"], type: ["access", "denied"] },
  "muster.gateway.v1.ActionTaken": { kind: "event", category: ["api", "iam"], type: ["info"] },
  "muster.inventory.v1.DeviceFactsChanged": { kind: "state", category: ["host"], type: ["info", "change"] },
  "muster.inventory.v1.SoftwareChanged": { kind: "state", category: ["package"], type: ["info", "change"] },
  "muster.inventory.v1.LabelMembershipChanged": {
    kind: "event",
    category: ["host", "configuration"],
    type: ["change"],
  },
  "muster.inventory.v1.QueryAnswered": { kind: "state", category: ["host"], type: ["info"] },
  "muster.inventory.v1.LiveQueryEnded": { kind: "event", category: ["host"], type: ["end"] },
  "muster.inventory.v1.CarveCompleted": { kind: "event", category: ["file"], type: ["access"] },
  "muster.notification.v1.SinkFailing": { kind: "event", category: ["api"], type: ["info"] },
  "muster.notification.v1.SinkRecovered": { kind: "event", category: ["api"], type: ["info"] },
  "muster.notification.v1.AuditCheckpointed": { kind: "event", category: ["configuration"], type: ["creation"] },
  "muster.notification.v1.AuditRecordsRemoved": { kind: "event", category: ["configuration"], type: ["deletion"] },
  "muster.policy.v1.PolicyChanged": { kind: "event", category: ["configuration"], type: ["change"] },
  "muster.policy.v1.ComplianceChanged": {
    kind: "state",
    category: ["configuration", "host"],
    type: ["info", "change"],
  },
  "muster.policy.v1.RemediationRequested": { kind: "event", category: ["host", "configuration"], type: ["change"] },
};
