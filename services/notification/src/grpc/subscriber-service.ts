import { Subscriber as Shown, type SubscriberState } from "@muster/contracts/gen/muster/notification/v1/subscriber";
import type { SubscriberServiceServer } from "@muster/contracts/gen/muster/notification/v1/subscriber_service";
import type { Methods } from "@muster/rpc/server";
import { positionText } from "../domain/position.ts";
import { refuse } from "../domain/refusals.ts";
import type { Subscriber, SubscriberDraft } from "../domain/subscriber.ts";
import { overlapMsOf, shownFormat, subscriberDraftOf } from "../domain/subscriber-draft.ts";
import { filterOf } from "../domain/type-pattern.ts";
import { type Lag, readLag } from "../storage/subscriber-feeds.ts";
import { findSubscriber, listSubscribers } from "../storage/subscribers.ts";
import { DURABLE, STREAM, subscriberInbox } from "../subscribers/subscriber-account.ts";
import type { SubscriberBus } from "../usecases/subscriber-ports.ts";
import {
  createSubscriber,
  type RevealedSubscriber,
  replaySubscriber,
  revokeSubscriber,
  rotateCredentials,
  type WriteSubscriberDeps,
} from "../usecases/write-subscriber.ts";

export interface SubscriberServiceDeps extends Omit<WriteSubscriberDeps, "bus"> {
  /** Undefined where the bus has no accounts, or this service may not make any. */
  readonly bus: SubscriberBus | undefined;
  /** Where subscribers reach the bus. */
  readonly servers: readonly string[];
  /** Tells all replicas' feeds of this tenant that something changed. */
  readonly wakeFeeds: (tenant: string) => void;
}

export function subscriberMethods(deps: SubscriberServiceDeps): Methods<SubscriberServiceServer> {
  const { database, now } = deps;
  const writing = (): WriteSubscriberDeps => ({ ...deps, bus: deps.bus ?? unavailable() });
  const show = async (subscriber: Subscriber, credentials = "") => {
    const lag = await database.tenant(subscriber.tenant, ({ sql }) => readLag(sql, subscriber));
    return subscriberOf(subscriber, lag, deps.servers, credentials, now());
  };
  const reveal = async ({ subscriber, credentials }: RevealedSubscriber) => ({
    subscriber: await show(subscriber, credentials),
  });
  return {
    createSubscriber: async ({ subscriber }, caller) => {
      const created = await createSubscriber(writing())(caller, subscriber);
      deps.wakeFeeds(caller.tenant);
      return reveal(created);
    },
    getSubscriber: async ({ id }, { tenant }) => ({
      subscriber: await show(await database.tenant(tenant, ({ sql }) => findSubscriber(sql, tenant, id))),
    }),
    listSubscribers: async (_request, { tenant }) => {
      const found = await database.tenant(tenant, ({ sql }) => listSubscribers(sql, tenant));
      return { subscribers: await Promise.all(found.map((subscriber) => show(subscriber))) };
    },
    checkSubscriber: async ({ id, subscriber }) => {
      if (deps.bus === undefined) unavailable();
      return { subscriber: Shown.fromPartial({ ...wishOf(subscriberDraftOf(subscriber)), id }) };
    },
    rotateSubscriberCredentials: async ({ id, overlapSeconds }, caller) => {
      const rotated = await rotateCredentials(writing())(caller, id, overlapMsOf(overlapSeconds));
      deps.wakeFeeds(caller.tenant);
      return reveal(rotated);
    },
    replaySubscriber: async (request, caller) => {
      const moved = await replaySubscriber(deps)(caller, request);
      deps.wakeFeeds(caller.tenant);
      return { subscriber: await show(moved) };
    },
    revokeSubscriber: async ({ id }, caller) => {
      await revokeSubscriber(writing())(caller, id);
      deps.wakeFeeds(caller.tenant);
      return {};
    },
  };
}

const unavailable = (): never => {
  throw refuse(
    "subscriber.not_offered",
    "there can be no subscribers here: the bus has no accounts, or notification was not given the keys to make them",
  );
};

/** What people decide about a subscriber. */
const wishOf = ({ name, filter, format, bufferBytes }: SubscriberDraft) => ({
  name,
  filter: {
    types: filter.typePatterns.map(filterOf),
    services: filter.servicePatterns.map((pattern) => pattern.split(".")[1] ?? ""),
    labelIds: [...filter.labelIds],
    deviceIds: [...filter.deviceIds],
  },
  format: shownFormat(format),
  bufferMib: bufferBytes / 1024 ** 2,
});

function subscriberOf(
  subscriber: Subscriber,
  lag: Lag,
  servers: readonly string[],
  credentials: string,
  now: Date,
): Shown {
  const { id, users, health, position, settled } = subscriber;
  return {
    ...wishOf(subscriber),
    id,
    start: undefined,
    connection: {
      servers: [...servers],
      stream: STREAM,
      consumer: DURABLE,
      inboxPrefix: subscriberInbox(id),
      credentials,
    },
    previousCredentialsUntil:
      users.previous !== undefined && users.previous.until > now ? users.previous.until : undefined,
    health: {
      state: stateOf(subscriber),
      position: positionText(position),
      settledPosition: positionText(settled),
      lagEvents: lag.events,
      lagSeconds: lag.oldest === undefined ? 0 : Math.max(0, (now.getTime() - lag.oldest.getTime()) / 1_000),
      waitingEvents: health.waitingEvents,
      waitingBytes: health.waitingBytes,
      unsettledEvents: health.unsettledEvents,
      settledAt: health.settledAt,
      lastError: health.lastError,
      retryAt: health.failures > 0 ? health.retryAt : undefined,
    },
    createdAt: subscriber.createdAt,
  };
}

function stateOf({ health }: Subscriber): SubscriberState {
  if (health.failures > 0) return "SUBSCRIBER_STATE_FAILING";
  return health.isFull ? "SUBSCRIBER_STATE_FULL" : "SUBSCRIBER_STATE_RUNNING";
}
