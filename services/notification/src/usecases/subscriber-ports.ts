import type { ItemOutcome, OutgoingEvent } from "../domain/outgoing-event.ts";
import type { Position } from "../domain/position.ts";
import type { Subscriber } from "../domain/subscriber.ts";

/** A subscriber as far as the bus has to know it. */
export type KnownSubscriber = Pick<
  Subscriber,
  "tenant" | "id" | "sealedSeed" | "bufferBytes" | "users" | "format" | "round"
>;

/** A user of a subscriber's account, by its public key, and the file with which it connects. */
export interface Credentials {
  readonly user: string;
  readonly file: string;
}

/** What waits in a subscriber's stream. */
export interface SubscriberBuffer {
  readonly events: number;
  readonly bytes: number;
  /** How many of them were handed out and not settled. */
  readonly unsettled: number;
  /** When the subscriber last settled something. */
  readonly settledAt: Date | undefined;
  /** The position of the oldest; everything before it was settled. Unset when nothing waits. */
  readonly oldest: Position | undefined;
}

/** The platform's way into one subscriber's stream. */
export interface SubscriberFeed {
  /** Whether the stream was not there: the first time, or because the bus has lost it with what was in it. */
  readonly isNew: boolean;
  /** One outcome for each event, in their order: after one that is to be sent again none is taken. */
  send(events: readonly OutgoingEvent[]): Promise<readonly ItemOutcome[]>;
  buffer(): Promise<SubscriberBuffer>;
  /** Takes away all that waits. */
  empty(): Promise<void>;
  /** Resolves when the connection has ended, whoever ended it; from then on everything else is refused. */
  readonly closed: Promise<void>;
  isClosed(): boolean;
  close(): Promise<void>;
}

/** The subscribers' accounts on the bus. */
export interface SubscriberBus {
  /** A new account: its seed, sealed for this subscriber, its public key, and its first credentials. */
  newAccount(tenant: string, id: string): { readonly sealedSeed: Buffer; readonly key: string } & Credentials;
  newCredentials(subscriber: Pick<Subscriber, "tenant" | "id" | "sealedSeed">): Credentials;
  /** Tells the bus of the account as it is now; users that are let in no more are cut off. */
  push(subscriber: KnownSubscriber): Promise<void>;
  /** Puts on the bus whatever it lacks of the subscriber, and opens its stream. */
  open(subscriber: KnownSubscriber): Promise<SubscriberFeed>;
  /** Takes the account from the bus with all that is in it. */
  remove(subscriber: KnownSubscriber): Promise<void>;
}
