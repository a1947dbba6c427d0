import { type EventService, type EventType, subjectOf } from "@muster/contracts/event";
import {
  AckPolicy,
  type ConsumerConfig,
  DeliverPolicy,
  DiscardPolicy,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from "@nats-io/jetstream";
import type { StreamSize } from "./stream-size.ts";

/**
 * Counts the changes of what is declared here. Streams carry it, so that a replica knows a bus that a later release has
 * declared (verify.ts).
 */
export const REVISION = 1;
/** Under which name, in a stream's metadata. */
export const REVISION_KEY = "muster.revision";

/** How long the delivery log keeps events. Postgres keeps the record; the log only has to outlast a consumer's absence. */
const STREAM_MAX_AGE_DAYS = 14;

/** Within this time the server itself drops an event that it already holds. */
const DUPLICATE_WINDOW_SECONDS = 120;
/** How long a handler may take before the server hands the event to somebody else. */
const ACK_WAIT_MS = 30_000;
/** How many events of one consumer may be in work at once, over all replicas. */
const MAX_ACK_PENDING = 5_000;

export interface StreamDeclaration {
  readonly name: string;
  readonly subjects: readonly string[];
  readonly maxAgeDays: number;
  readonly duplicateWindowSeconds: number;
}

const stream = (service: EventService): StreamDeclaration => ({
  name: `EVT_${service.toUpperCase()}`,
  subjects: [`evt.v1.*.${service}.*`],
  maxAgeDays: STREAM_MAX_AGE_DAYS,
  duplicateWindowSeconds: DUPLICATE_WINDOW_SECONDS,
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

export const publishes = (service: string): service is EventService => Object.hasOwn(STREAMS, service);

export interface ConsumerDeclaration {
  readonly stream: EventService;
  /** The events it listens to; "all" means everything in the stream. */
  readonly types: readonly EventType[] | "all";
}

/**
 * Every durable consumer there is, named <listener>-<publisher>. Any number of replicas share one. Nothing else creates
 * streams or consumers. Of what happens often a listener hears by an event of its own (docs/decisions/0016).
 */
export const CONSUMERS = {
  // What keeps the renewal of a certificate from being carried out, who has left Setup Assistant, what devices say of
  // themselves and their secrets, and the topic that profiles have to name.
  "enrollment-command": {
    stream: "command",
    types: [
      "muster.command.v1.CommandFailed",
      "muster.command.v1.CommandExpired",
      "muster.command.v1.CommandCancelled",
      "muster.command.v1.DeviceReleased",
      "muster.command.v1.EscrowProved",
      "muster.command.v1.AppleDeviceDescribed",
      "muster.command.v1.PushCertificateChanged",
    ],
  },
  "inventory-enrollment": {
    stream: "enrollment",
    types: [
      "muster.enrollment.v1.DeviceEnrolled",
      "muster.enrollment.v1.DeviceUnenrolled",
      "muster.enrollment.v1.IdentityRenewed",
      "muster.enrollment.v1.IdentityConflictFound",
    ],
  },
  "inventory-policy": {
    stream: "policy",
    types: ["muster.policy.v1.PolicyChanged", "muster.policy.v1.DeviceStatusReported"],
  },
  "inventory-command": {
    stream: "command",
    types: ["muster.command.v1.RefetchAccepted", "muster.command.v1.AppleAnswered"],
  },
  "command-enrollment": {
    stream: "enrollment",
    types: [
      "muster.enrollment.v1.DeviceEnrolled",
      "muster.enrollment.v1.DeviceUnenrolled",
      "muster.enrollment.v1.IdentityRenewed",
      "muster.enrollment.v1.IdentityRenewalRequested",
      "muster.enrollment.v1.PushTokenChanged",
    ],
  },
  "command-policy": {
    stream: "policy",
    types: ["muster.policy.v1.RemediationRequested", "muster.policy.v1.DesiredStateChanged"],
  },
  "policy-enrollment": {
    stream: "enrollment",
    types: ["muster.enrollment.v1.DeviceEnrolled", "muster.enrollment.v1.DeviceUnenrolled"],
  },
  "policy-command": {
    stream: "command",
    types: [
      "muster.command.v1.AppleAnswered",
      "muster.command.v1.ProfileChangeAcknowledged",
      "muster.command.v1.CommandFailed",
      "muster.command.v1.CommandExpired",
      "muster.command.v1.CommandCancelled",
    ],
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

/** The consumers that a service listens with. */
export const consumersOf = (service: EventService): ConsumerName[] =>
  (Object.keys(CONSUMERS) as ConsumerName[]).filter((name) => name.startsWith(`${service}-`));

export const streamOf = (name: ConsumerName): StreamDeclaration => STREAMS[CONSUMERS[name].stream];

const NS_PER_SECOND = 1e9;
const NS_PER_DAY = 24 * 3600 * NS_PER_SECOND;

/** The level of JetStream's API that server 2.12 brought, with atomic batches. */
const ATOMIC_API_LEVEL = 2;

/** A stream as the server is told to hold it. An older server does not know batches, and would drop the field silently. */
export const streamConfig = (declared: StreamDeclaration, apiLevel: number, { replicas, maxBytes }: StreamSize) =>
  ({
    name: declared.name,
    subjects: [...declared.subjects],
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    num_replicas: replicas,
    discard: DiscardPolicy.Old,
    max_age: declared.maxAgeDays * NS_PER_DAY,
    max_bytes: maxBytes,
    duplicate_window: declared.duplicateWindowSeconds * NS_PER_SECOND,
    metadata: { [REVISION_KEY]: String(REVISION) },
    ...(apiLevel >= ATOMIC_API_LEVEL && { allow_atomic: true }),
  }) satisfies Partial<StreamConfig>;

export const consumerConfig = (name: ConsumerName) => {
  const { types }: ConsumerDeclaration = CONSUMERS[name];
  return {
    durable_name: name,
    ack_policy: AckPolicy.Explicit,
    ack_wait: (ACK_WAIT_MS / 1_000) * NS_PER_SECOND,
    deliver_policy: DeliverPolicy.All,
    // Poison is parked by the consumer itself: the server never gives up on an event.
    max_deliver: -1,
    max_ack_pending: MAX_ACK_PENDING,
    filter_subjects: types === "all" ? [] : types.map((type) => subjectOf("*", type)),
  } satisfies Partial<ConsumerConfig>;
};
