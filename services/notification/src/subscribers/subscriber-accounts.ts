import { pushAccount, removeAccount } from "@muster/bus-accounts/claims-service";
import { isMissing } from "@muster/eventbus/bootstrap";
import {
  AckPolicy,
  type ConsumerConfig,
  DeliverPolicy,
  DiscardPolicy,
  type JetStreamManager,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from "@nats-io/jetstream";
import type { KeyPair } from "@nats-io/nkeys";
import { connect, credsAuthenticator, type NatsConnection, nuid } from "@nats-io/transport-node";
import {
  accountKeyOf,
  DURABLE,
  intakeOf,
  platformCredentials,
  STREAM,
  type SubscriberAccount,
  tokenOfAccount,
} from "./subscriber-account.ts";

export interface SubscriberAccountsOptions {
  readonly servers: readonly string[];
  /** In the system account: tells the servers of accounts. */
  readonly system: NatsConnection;
  /** Signs accounts. */
  readonly operator: KeyPair;
  readonly replicas: number;
  /** How long an event may wait for its subscriber, in milliseconds: no longer than the record keeps it. */
  readonly keepMs: number;
  readonly now: () => Date;
}

/** The platform's own connection to a subscriber's account. */
export interface OpenAccount {
  readonly connection: NatsConnection;
  readonly manager: JetStreamManager;
  /** Whether the stream was not there: the first time, or because the bus has lost it with what was in it. */
  readonly isNew: boolean;
}

const ACK_WAIT_NS = 60e9;
const MAX_ACK_PENDING = 1_000;
const DEDUPLICATION_NS = 120e9;

/** Brings subscribers' accounts, streams and durables to the bus, and takes them from it. */
export class SubscriberAccounts {
  readonly #options: SubscriberAccountsOptions;

  constructor(options: SubscriberAccountsOptions) {
    this.#options = options;
  }

  /** Tells the servers of the account as it is now; users it revokes are cut off at once. */
  async push(account: SubscriberAccount): Promise<void> {
    const { system, operator, replicas, now } = this.#options;
    await pushAccount(system, tokenOfAccount(account, replicas, operator, now()));
  }

  /** Connects to the account, and puts there what it lacks, whatever the bus has lost. */
  async open(account: SubscriberAccount): Promise<OpenAccount> {
    await this.push(account);
    const connection = await this.#connect(account);
    try {
      const manager = await jetstreamManager(connection);
      const isNew = await this.#declareStream(manager, account);
      if (!(await exists(() => manager.consumers.info(STREAM, DURABLE)))) await manager.consumers.add(STREAM, CONSUMER);
      return { connection, manager, isNew };
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  /** Takes the account from the servers with all that is in it. */
  async remove(account: SubscriberAccount): Promise<void> {
    const { system, operator, now } = this.#options;
    await this.push(account);
    const connection = await this.#connect(account);
    try {
      const { streams } = await jetstreamManager(connection);
      if (await exists(() => streams.info(STREAM))) await streams.delete(STREAM);
    } finally {
      await connection.close();
    }
    await removeAccount(system, accountKeyOf(account.seed), operator, now());
  }

  #connect(account: SubscriberAccount): Promise<NatsConnection> {
    const { servers, now } = this.#options;
    return connect({
      servers: [...servers],
      name: `muster-notification for subscriber ${account.id}`,
      authenticator: credsAuthenticator(Buffer.from(platformCredentials(account, now()).file)),
      // Nobody else in the account can know where answers to the platform arrive.
      inboxPrefix: `_INBOX_${nuid.next()}`,
      // A new connection begins with telling the servers of the account: they may have lost it.
      reconnect: false,
    });
  }

  async #declareStream(manager: JetStreamManager, account: SubscriberAccount): Promise<boolean> {
    const { replicas, keepMs } = this.#options;
    const intake = intakeOf(account);
    const config: Partial<StreamConfig> & { name: string } = {
      name: STREAM,
      subjects: [`${intake}.>`],
      subject_transform: { src: `${intake}.>`, dest: "evt.v1.>" },
      storage: StorageType.File,
      num_replicas: replicas,
      // What the subscriber has settled is gone; when it settles nothing the stream fills, and takes no more: nothing is
      // lost, since the record keeps what the stream has no room for.
      retention: RetentionPolicy.Workqueue,
      discard: DiscardPolicy.New,
      max_bytes: account.bufferBytes,
      max_age: keepMs * 1e6,
      duplicate_window: DEDUPLICATION_NS,
    };
    const isNew = !(await exists(() => manager.streams.info(STREAM)));
    await (isNew ? manager.streams.add(config) : manager.streams.update(STREAM, config));
    return isNew;
  }
}

const CONSUMER: ConsumerConfig = {
  durable_name: DURABLE,
  ack_policy: AckPolicy.Explicit,
  ack_wait: ACK_WAIT_NS,
  deliver_policy: DeliverPolicy.All,
  max_deliver: -1,
  max_ack_pending: MAX_ACK_PENDING,
} as ConsumerConfig;

async function exists(ask: () => Promise<unknown>): Promise<boolean> {
  try {
    await ask();
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
