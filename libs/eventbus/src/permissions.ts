import type { EventService } from "@muster/contracts/event";
import { CONSUMERS, consumersOf, STREAMS } from "./streams.ts";

/** Subjects that somebody may publish to and subscribe to; nothing else. */
export interface BusPermissions {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
  /** Whether it may answer requests, on the subject that a request names. */
  readonly answers: boolean;
}

/** Words of core NATS that services say to each other and to their own replicas; "listens" hears what others say too. */
const WORDS: Readonly<Record<EventService, { readonly says: readonly string[]; readonly listens: readonly string[] }>> =
  {
    enrollment: { says: [], listens: [] },
    command: {
      says: ["wake.device.>", "wake.tenant.>", "changed.command.>"],
      listens: ["wake.device.>", "wake.tenant.>", "changed.command.>"],
    },
    inventory: {
      says: ["wake.device.>", "wake.tenant.>", "work.inventory.>", "changed.livequery.>", "changed.osqueryconfig.>"],
      listens: ["work.inventory.>", "changed.livequery.>", "changed.osqueryconfig.>"],
    },
    policy: { says: [], listens: [] },
    notification: { says: ["wake.activity.>"], listens: ["wake.activity.>"] },
    gateway: { says: [], listens: [] },
  };

/** Where the answers to somebody's requests arrive; nobody else can listen there. */
export const inboxPrefix = (name: string): string => `_INBOX_${name}`;

/**
 * What a service does on the bus: it publishes its own events, pulls from its own durables, puts back its own stream and
 * durables when they were lost, and asks any other for events of its outbox.
 */
export function servicePermissions(service: EventService): BusPermissions {
  const { name: stream } = STREAMS[service];
  const { says, listens } = WORDS[service];
  const durables = consumersOf(service);
  const heard = [...new Set([service, ...durables.map((name) => CONSUMERS[name].stream)])];
  return {
    publish: [
      ...STREAMS[service].subjects,
      ...says,
      `wake.relay.${service}`,
      "outbox.>",
      "$JS.API.INFO",
      `$JS.API.STREAM.CREATE.${stream}`,
      // Its own stream's last event tells the relay where to go on.
      `$JS.API.STREAM.MSG.GET.${stream}`,
      ...heard.map((each) => `$JS.API.STREAM.INFO.${STREAMS[each].name}`),
      ...durables.flatMap((name) => durableSubjects(STREAMS[CONSUMERS[name].stream].name, name)),
    ],
    subscribe: [...listens, `wake.relay.${service}`, `outbox.${service}.>`, `${inboxPrefix(service)}.>`],
    answers: true,
  };
}

const durableSubjects = (stream: string, durable: string): string[] => [
  `$JS.API.CONSUMER.INFO.${stream}.${durable}`,
  // How a durable is made depends on the client: by the older subject, or by the newer with its filter as further tokens.
  `$JS.API.CONSUMER.DURABLE.CREATE.${stream}.${durable}`,
  `$JS.API.CONSUMER.CREATE.${stream}.${durable}`,
  `$JS.API.CONSUMER.CREATE.${stream}.${durable}.>`,
  ...pullSubjects(stream, durable),
];

/** What it takes to pull messages of one durable consumer and to settle them. */
export const pullSubjects = (stream: string, durable: string): string[] => [
  `$JS.API.CONSUMER.MSG.NEXT.${stream}.${durable}`,
  `$JS.ACK.${stream}.${durable}.>`,
  // The form with domain and account that servers from 2.15 on use (ADR-15).
  `$JS.ACK.*.*.${stream}.${durable}.>`,
];

/** What it takes to see how full streams are and how far consumers came: for people, scripts and scalers. */
export const observerPermissions: BusPermissions = {
  publish: [
    "$JS.API.INFO",
    "$JS.API.STREAM.NAMES",
    "$JS.API.STREAM.LIST",
    "$JS.API.STREAM.INFO.*",
    "$JS.API.CONSUMER.NAMES.*",
    "$JS.API.CONSUMER.LIST.*",
    "$JS.API.CONSUMER.INFO.*.*",
  ],
  // The prefix of every tool that was not told another; nobody else here uses it.
  subscribe: ["_INBOX.>"],
  answers: false,
};

/** What the bootstrap step does: it makes and changes streams and consumers, and reads no event. */
export const bootstrapPermissions: BusPermissions = {
  publish: [
    "$JS.API.INFO",
    "$JS.API.STREAM.INFO.*",
    "$JS.API.STREAM.CREATE.*",
    "$JS.API.STREAM.UPDATE.*",
    "$JS.API.CONSUMER.INFO.*.*",
    "$JS.API.CONSUMER.CREATE.>",
    "$JS.API.CONSUMER.DURABLE.CREATE.*.*",
  ],
  subscribe: [`${inboxPrefix("bus-bootstrap")}.>`],
  answers: false,
};
