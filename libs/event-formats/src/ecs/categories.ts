import { decodeEvent, type EventData, type EventType, isEventType } from "@muster/contracts/event";

type Category =
  | "api"
  | "authentication"
  | "configuration"
  | "file"
  | "host"
  | "intrusion_detection"
  | "package"
  | "process";

/** event.kind, event.category and event.type: values that the Elastic Common Schema allows, in pairs that it expects. */
export interface Categories {
  readonly kind: "event" | "alert" | "state";
  readonly category: readonly Category[];
  readonly type: readonly (
    | "access"
    | "allowed"
    | "change"
    | "creation"
    | "deletion"
    | "denied"
    | "end"
    | "info"
    | "installation"
    | "start"
  )[];
}

type CategoriesOf = { readonly [T in EventType]: Categories | ((data: EventData<T>) => Categories) };

const COMMAND = { kind: "event", category: ["host", "process"] } as const;

const SESSIONS: Readonly<Record<string, Categories>> = {
  "session.sign_in": { kind: "event", category: ["authentication"], type: ["start"] },
  "session.sign_out": { kind: "event", category: ["authentication"], type: ["end"] },
};

const CATEGORIES: CategoriesOf = {
  "muster.command.v1.CommandQueued": { ...COMMAND, type: ["info"] },
  "muster.command.v1.CommandDelivered": { ...COMMAND, type: ["start"] },
  "muster.command.v1.CommandAcknowledged": { ...COMMAND, type: ["end"] },
  "muster.command.v1.CommandFailed": { ...COMMAND, type: ["end"] },
  "muster.command.v1.CommandExpired": { ...COMMAND, type: ["end"] },
  "muster.command.v1.CommandCancelled": { ...COMMAND, type: ["end"] },
  "muster.command.v1.CampaignProposed": { kind: "event", category: ["configuration"], type: ["creation"] },
  "muster.command.v1.CampaignStarted": { kind: "event", category: ["configuration"], type: ["change"] },
  "muster.command.v1.CampaignAdvanced": { kind: "event", category: ["configuration"], type: ["change"] },
  "muster.command.v1.CampaignHalted": { kind: "alert", category: ["configuration"], type: ["change"] },
  "muster.command.v1.CampaignFinished": { kind: "event", category: ["configuration"], type: ["change"] },
  "muster.command.v1.RefetchAccepted": { kind: "event", category: ["host"], type: ["info"] },
  "muster.command.v1.ProfileChangeAcknowledged": {
    kind: "event",
    category: ["host", "configuration"],
    type: ["change"],
  },
  "muster.command.v1.AppleAnswered": { kind: "state", category: ["host"], type: ["info"] },
  "muster.command.v1.DeviceReleased": { kind: "event", category: ["host", "configuration"], type: ["change"] },
  "muster.command.v1.AppleDeviceDescribed": { kind: "state", category: ["host"], type: ["info"] },
  "muster.command.v1.PushCertificateChanged": { kind: "event", category: ["configuration"], type: ["change"] },
  "muster.command.v1.PushCertificateExpiring": { kind: "alert", category: ["configuration"], type: ["info"] },
  "muster.command.v1.PushTopicStopped": { kind: "alert", category: ["configuration"], type: ["info"] },
  "muster.command.v1.EscrowProved": { kind: "event", category: ["host", "configuration"], type: ["info"] },
  "muster.command.v1.AppTokenExpiring": { kind: "alert", category: ["configuration"], type: ["info"] },
  "muster.command.v1.AppTokenClaimed": { kind: "alert", category: ["configuration"], type: ["info"] },
  "muster.command.v1.AppInstallEnded": ({ install }) => ({
    kind: "event",
    category: ["package"],
    type: [install?.state === "APP_INSTALL_STATE_MANAGED" ? "installation" : "info"],
  }),
  "muster.enrollment.v1.DeviceEnrolled": { kind: "event", category: ["host", "configuration"], type: ["change"] },
  "muster.enrollment.v1.DeviceUnenrolled": { kind: "event", category: ["host", "configuration"], type: ["change"] },
  "muster.enrollment.v1.IdentityRenewed": { kind: "event", category: ["host", "configuration"], type: ["change"] },
  "muster.enrollment.v1.IdentityRenewalRequested": {
    kind: "event",
    category: ["host", "configuration"],
    type: ["info"],
  },
  "muster.enrollment.v1.IdentityConflictFound": { kind: "alert", category: ["intrusion_detection"], type: ["info"] },
  "muster.enrollment.v1.EnrollmentRefused": { kind: "event", category: ["api"], type: ["access", "denied"] },
  "muster.enrollment.v1.PushTokenChanged": { kind: "event", category: ["host", "configuration"], type: ["change"] },
  "muster.enrollment.v1.SecretEscrowed": { kind: "event", category: ["host", "configuration"], type: ["creation"] },
  "muster.enrollment.v1.SecretRead": { kind: "event", category: ["api"], type: ["access", "allowed"] },
  "muster.enrollment.v1.AutomatedEnrollmentServerExpiring": {
    kind: "alert",
    category: ["configuration"],
    type: ["info"],
  },
  "muster.enrollment.v1.AutomatedEnrollmentTermsChanged": {
    kind: "alert",
    category: ["configuration"],
    type: ["info"],
  },
  "muster.gateway.v1.ActionTaken": ({ action, allowed }) =>
    SESSIONS[action] ?? { kind: "event", category: ["api"], type: ["access", allowed ? "allowed" : "denied"] },
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
  "muster.notification.v1.SubscriberCreated": { kind: "event", category: ["configuration"], type: ["creation"] },
  "muster.notification.v1.SubscriberRevoked": { kind: "event", category: ["configuration"], type: ["deletion"] },
  "muster.policy.v1.PolicyChanged": ({ policy, removed }) => ({
    kind: "event",
    category: ["configuration"],
    type: [removed ? "deletion" : policy?.revision === 1 ? "creation" : "change"],
  }),
  "muster.policy.v1.ComplianceChanged": {
    kind: "state",
    category: ["configuration", "host"],
    type: ["info", "change"],
  },
  "muster.policy.v1.DesiredStateChanged": { kind: "event", category: ["host", "configuration"], type: ["change"] },
  "muster.policy.v1.ProfileStateChanged": {
    kind: "state",
    category: ["configuration", "host"],
    type: ["info", "change"],
  },
  "muster.policy.v1.DeviceStatusReported": { kind: "state", category: ["host"], type: ["info"] },
  "muster.policy.v1.RemediationRequested": { kind: "event", category: ["host", "configuration"], type: ["change"] },
};

const UNKNOWN: Categories = { kind: "event", category: [], type: [] };

export const categoriesOf = (type: string, data: unknown): Categories =>
  isEventType(type) ? categoriesOfKnown(type, data) : UNKNOWN;

function categoriesOfKnown<T extends EventType>(type: T, data: unknown): Categories {
  const found: CategoriesOf[T] = CATEGORIES[type];
  return typeof found === "function" ? found(decodeEvent(type, data)) : found;
}
