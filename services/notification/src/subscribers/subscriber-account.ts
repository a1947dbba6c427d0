import { createHash } from "node:crypto";
import { type AccountLimits, accountToken } from "@muster/bus-accounts/account";
import { credentialsFile, type Permissions, userToken } from "@muster/bus-accounts/user";
import { inboxPrefix, pullSubjects } from "@muster/eventbus/permissions";
import { createAccount, createUser, fromSeed, type KeyPair } from "@nats-io/nkeys";

/** In an account of its own there is one stream and one durable consumer, so their names can be the same in all. */
export const STREAM = "EVENTS";
export const DURABLE = "subscriber";

/** One subscriber's world on the bus. */
export interface SubscriberAccount {
  /** The subscriber's id. */
  readonly id: string;
  /** The account's seed: whoever has it can make users of the account. */
  readonly seed: string;
  /** How many bytes of events wait for the subscriber at most. */
  readonly bufferBytes: number;
  /** Users, by public key, and since when they are not let in. */
  readonly revocations: Readonly<Record<string, Date>>;
}

/** A few of the subscriber, and those of the replica that feeds it and of the one before. */
const CONNECTIONS = 8;
const SUBSCRIPTIONS = 100;
/** What one message holds at most, headers included. */
export const PAYLOAD_BYTES = 1024 * 1024;

export const newAccountSeed = (): string => seedOf(createAccount());

export const accountKeyOf = (seed: string): string => keyOf(seed).getPublicKey();

export function tokenOfAccount(account: SubscriberAccount, replicas: number, operator: KeyPair, now: Date): string {
  const { id, seed, bufferBytes, revocations } = account;
  const limits: AccountLimits = {
    connections: CONNECTIONS,
    subscriptions: SUBSCRIPTIONS,
    payloadBytes: PAYLOAD_BYTES,
    storageBytes: bufferBytes * replicas,
    streams: 1,
    consumers: 1,
  };
  return accountToken({ name: `subscriber ${id}`, subject: accountKeyOf(seed), limits, revocations }, operator, now);
}

/** Where the answers to a subscriber's requests arrive; its client has to be told. */
export const subscriberInbox = (id: string): string => inboxPrefix(id);

/** Pull from its one durable, settle what it was given, and see how much waits. Nothing else. */
const subscriberPermissions = (id: string): Permissions => ({
  publish: [`$JS.API.CONSUMER.INFO.${STREAM}.${DURABLE}`, ...pullSubjects(STREAM, DURABLE)],
  subscribe: [`${subscriberInbox(id)}.>`],
});

/** A user, by its public key, and the file with which it connects. */
export interface Credentials {
  readonly user: string;
  readonly file: string;
}

/** New credentials for the subscriber. */
export const newCredentials = ({ id, seed }: Pick<SubscriberAccount, "id" | "seed">, now: Date): Credentials =>
  credentialsOf(`subscriber ${id}`, seed, subscriberPermissions(id), now);

/** Credentials for one connection of the platform itself, which may do everything in the account. */
export const platformCredentials = ({ seed }: Pick<SubscriberAccount, "seed">, now: Date): Credentials =>
  credentialsOf("muster", seed, undefined, now);

function credentialsOf(name: string, seed: string, permissions: Permissions | undefined, now: Date): Credentials {
  const key = createUser();
  const user = key.getPublicKey();
  const token = userToken({ name, subject: user, ...(permissions && { permissions }) }, keyOf(seed), now);
  return { user, file: credentialsFile(token, key) };
}

/**
 * The subject under which the stream takes events in. It is a secret: a subscriber may name any subject as the one for
 * the answer to a request, and the answers it gets that way must not become events.
 */
export const intakeOf = ({ seed }: Pick<SubscriberAccount, "seed">): string =>
  `in.${createHash("sha256").update(`intake ${seed}`).digest("hex")}`;

const keyOf = (seed: string): KeyPair => fromSeed(Buffer.from(seed));
const seedOf = (key: KeyPair): string => Buffer.from(key.getSeed()).toString();
