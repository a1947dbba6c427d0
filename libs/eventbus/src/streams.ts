import type { EventService, EventType } from "@muster/contracts/event";

/** How long the delivery log keeps events. Postgres keeps the record; the log only has to outlast a consumer's absence. */
const STREAM_MAX_AGE_DAYS = 14;
const STREAM_MAX_BYTES = 8 * 1024 ** 3;

export interface StreamDeclaration {
  readonly name: string;
  readonly subjects: readonly string[];
  readonly maxAgeDays: number;
  readonly maxBytes: number;
}

const stream = (service: EventService): StreamDeclaration => ({
  name: `EVT_${service.toUpperCase()}`,
  subjects: [`evt.v1.*.${service}.*`],
  maxAgeDays: STREAM_MAX_AGE_DAYS,
  maxBytes: STREAM_MAX_BYTES,
});

/** One stream a service; only that service publishes to it. */
export const STREAMS = {
  enrollment: stream("enrollment"),
  command: stream("command"),
  inventory: stream("inventory"),
  policy: stream("policy"),
  notification: stream("notification"),
  gateway: stream("gateway"),
} as const satisfies Record<EventService, StreamDeclaration>;

export interface ConsumerDeclaration {
  readonly stream: EventService;
  /** The events it listens to; "all" means everything in the stream. */
  readonly types: readonly EventType[] | "all";
}

/**
 * Every durable consumer there is, named <listener>-<publisher>. Any number of replicas share one. Nothing else creates
 * streams or consumers.
 */
export const CONSUMERS = {
  "inventory-enrollment": {
    stream: "enrollment",
    types: [
      "muster.enrollment.v1.DeviceEnrolled",
      "muster.enrollment.v1.DeviceUnenrolled",
      "muster.enrollment.v1.IdentityRenewed",
      "muster.enrollment.v1.IdentityConflictFound",
    ],
  },
  "inventory-policy": { stream: "policy", types: ["muster.policy.v1.PolicyChanged"] },
  "inventory-command": { stream: "command", types: ["muster.command.v1.CommandAcknowledged"] },
  "command-enrollment": {
    stream: "enrollment",
    types: [
      "muster.enrollment.v1.DeviceEnrolled",
      "muster.enrollment.v1.DeviceUnenrolled",
      "muster.enrollment.v1.IdentityRenewed",
    ],
  },
  "command-policy": { stream: "policy", types: ["muster.policy.v1.RemediationRequested"] },
  "policy-enrollment": {
    stream: "enrollment",
    types: ["muster.enrollment.v1.DeviceEnrolled", "muster.enrollment.v1.DeviceUnenrolled"],
  },
  "policy-inventory": {
    stream: "inventory",
    types: [
      "muster.inventory.v1.QueryAnswered",
      "muster.inventory.v1.LabelMembershipChanged",
      // The platform may not be known at enrollment, and people's name for the device is not.
      "muster.inventory.v1.DeviceFactsChanged",
    ],
  },
  "notification-enrollment": { stream: "enrollment", types: "all" },
  "notification-command": { stream: "command", types: "all" },
  "notification-inventory": { stream: "inventory", types: "all" },
  "notification-policy": { stream: "policy", types: "all" },
  "notification-notification": { stream: "notification", types: "all" },
  "notification-gateway": { stream: "gateway", types: "all" },
} as const satisfies Record<string, ConsumerDeclaration>;

export type ConsumerName = keyof typeof CONSUMERS;
