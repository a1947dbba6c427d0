import { readFileSync } from "node:fs";
import { connectBus } from "@muster/eventbus/connection";
import { createLogger } from "@muster/host/logging";
import type { SecuredBus } from "@muster/testkit/secured-bus";
import { fromSeed } from "@nats-io/nkeys";
import { connect, credsAuthenticator, type NatsConnection } from "@nats-io/transport-node";
import { NatsSubscriber } from "../destinations/nats-subscriber.ts";
import {
  intakeOf,
  newAccountSeed,
  newCredentials,
  type SubscriberAccount,
  subscriberInbox,
} from "../subscribers/subscriber-account.ts";
import { type OpenAccount, SubscriberAccounts } from "../subscribers/subscriber-accounts.ts";

const BUFFER_BYTES = 4 * 1024 * 1024;

/** One subscriber: its account, the platform's side of it, and a client with the subscriber's own credentials. */
export interface Party {
  readonly account: SubscriberAccount;
  readonly credentials: string;
  readonly open: OpenAccount;
  readonly feed: NatsSubscriber;
  readonly client: NatsConnection;
}

/** The platform's side of a bus that knows its users. */
export async function subscriberBusOver({
  url,
  keys,
}: SecuredBus): Promise<{ bus: SubscriberAccounts; system: NatsConnection }> {
  const system = await connectBus(url, "system", createLogger("test", "silent"), keys.credentials.system);
  const operator = fromSeed(readFileSync(keys.signingKey));
  const bus = new SubscriberAccounts({
    servers: [url],
    system,
    operator,
    replicas: 1,
    keepMs: 86_400_000,
    now: () => new Date(),
  });
  return { bus, system };
}

export const connectAs = (url: string, id: string, credentials: string): Promise<NatsConnection> =>
  connect({
    servers: url,
    authenticator: credsAuthenticator(Buffer.from(credentials)),
    inboxPrefix: subscriberInbox(id),
    reconnect: false,
  });

export async function makeParty(bus: SubscriberAccounts, url: string, id: string): Promise<Party> {
  const account: SubscriberAccount = { id, seed: newAccountSeed(), bufferBytes: BUFFER_BYTES, revocations: {} };
  const { file: credentials } = newCredentials(account, new Date());
  const open = await bus.open(account);
  const feed = new NatsSubscriber({
    account: open,
    intake: intakeOf(account),
    bufferBytes: BUFFER_BYTES,
    format: "cloudevents",
    round: 0,
  });
  return { account, credentials, open, feed, client: await connectAs(url, id, credentials) };
}
