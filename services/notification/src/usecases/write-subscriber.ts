import type { Subscriber as Asked } from "@muster/contracts/gen/muster/notification/v1/subscriber";
import type { ReplaySubscriberRequest } from "@muster/contracts/gen/muster/notification/v1/subscriber_service";
import type { Logger } from "@muster/host/logging";
import type { ServiceDatabase } from "@muster/postgres/service-database";
import type { Caller } from "@muster/rpc/caller";
import { revokeUsers, rotateUser } from "../domain/credential-rotation.ts";
import { parsePosition } from "../domain/position.ts";
import { refuse } from "../domain/refusals.ts";
import type { Subscriber } from "../domain/subscriber.ts";
import { subscriberDraftOf } from "../domain/subscriber-draft.ts";
import {
  changeUsers,
  findSubscriber,
  holdSubscriber,
  insertSubscriber,
  markRevoked,
  moveSubscriber,
} from "../storage/subscribers.ts";
import type { NotificationTables } from "../storage/tables.ts";
import { startAt } from "./stream-events.ts";
import type { SubscriberBus } from "./subscriber-ports.ts";

export interface WriteSubscriberDeps {
  readonly database: ServiceDatabase<NotificationTables>;
  readonly bus: SubscriberBus;
  readonly log: Logger;
  readonly now: () => Date;
  readonly newId: () => string;
}

export interface RevealedSubscriber {
  readonly subscriber: Subscriber;
  /** The one time they are shown. */
  readonly credentials: string;
}

export const createSubscriber =
  (deps: WriteSubscriberDeps) =>
  async ({ tenant, actor }: Caller, asked: Asked | undefined): Promise<RevealedSubscriber> => {
    const { database, bus, now, newId } = deps;
    const draft = subscriberDraftOf(asked);
    const [id, createdAt] = [newId(), now()];
    const { sealedSeed, key, user, file } = bus.newAccount(tenant, id);
    const subscriber = await database.tenant(tenant, async (work) => {
      const position = await startAt(work.sql, tenant, parsePosition(asked?.start?.position ?? ""), asked?.start?.time);
      const users = { current: user, previous: undefined, revoked: {} };
      await insertSubscriber(work.sql, { tenant, id, ...draft, sealedSeed, users, position, createdAt });
      work.emit({
        type: "muster.notification.v1.SubscriberCreated",
        actor,
        data: { subscriberId: id, name: draft.name, account: key, createdAt },
      });
      return findSubscriber(work.sql, tenant, id);
    });
    // The credentials are to be good when they are shown. When the bus is away, its feed makes up for it later.
    await whenBusAnswers(deps, subscriber, async () => (await bus.open(subscriber)).close());
    return { subscriber, credentials: file };
  };

/** New credentials; the ones before go on working for so long, or end at once. */
export const rotateCredentials =
  (deps: WriteSubscriberDeps) =>
  async ({ tenant }: Caller, id: string, overlapMs: number): Promise<RevealedSubscriber> => {
    const { database, bus, now } = deps;
    const [subscriber, file] = await database.tenant(tenant, async ({ sql }) => {
      const before = await holdSubscriber(sql, tenant, id);
      const { user, file } = bus.newCredentials(before);
      await changeUsers(sql, before, rotateUser(before.users, user, overlapMs, now()));
      return [await findSubscriber(sql, tenant, id), file] as const;
    });
    await whenBusAnswers(deps, subscriber, () => bus.push(subscriber));
    return { subscriber, credentials: file };
  };

/** Everything the subscriber wants is put into its stream once more from there on; what waits in it goes. */
export const replaySubscriber =
  ({ database }: Pick<WriteSubscriberDeps, "database">) =>
  ({ tenant }: Caller, { id, time, position }: ReplaySubscriberRequest): Promise<Subscriber> => {
    if ((time === undefined) === (position === "")) {
      throw refuse("subscriber.bad_replay", "say from where on: one of time and position is set");
    }
    return database.tenant(tenant, async ({ sql }) => {
      const subscriber = await findSubscriber(sql, tenant, id);
      await moveSubscriber(sql, subscriber, await startAt(sql, tenant, parsePosition(position), time));
      return findSubscriber(sql, tenant, id);
    });
  };

/** Ends its connections at once. Stream, account and row go with its feed, which goes on trying until the bus answers. */
export const revokeSubscriber =
  (deps: WriteSubscriberDeps) =>
  async ({ tenant, actor }: Caller, id: string): Promise<void> => {
    const { database, bus, now } = deps;
    const revokedAt = now();
    const subscriber = await database.tenant(tenant, async (work) => {
      const found = await holdSubscriber(work.sql, tenant, id);
      const users = revokeUsers(found.users, revokedAt);
      await markRevoked(work.sql, found, users, revokedAt);
      work.emit({
        type: "muster.notification.v1.SubscriberRevoked",
        actor,
        data: { subscriberId: id, name: found.name, revokedAt },
      });
      return { ...found, users };
    });
    await whenBusAnswers(deps, subscriber, () => bus.push(subscriber));
  };

async function whenBusAnswers(
  { log }: WriteSubscriberDeps,
  { id }: Subscriber,
  tell: () => Promise<void>,
): Promise<void> {
  try {
    await tell();
  } catch (error) {
    log.warn({ err: error, subscriber: id }, "the bus could not be told of a subscriber and will be told later");
  }
}
