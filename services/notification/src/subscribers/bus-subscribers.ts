import type { Vault } from "@muster/vault/vault";
import { NatsSubscriber } from "../destinations/nats-subscriber.ts";
import type { Credentials, KnownSubscriber, SubscriberBus, SubscriberFeed } from "../usecases/subscriber-ports.ts";
import {
  accountKeyOf,
  intakeOf,
  newAccountSeed,
  newCredentials,
  type SubscriberAccount,
} from "./subscriber-account.ts";
import type { SubscriberAccounts } from "./subscriber-accounts.ts";

export interface BusSubscribersOptions {
  readonly accounts: SubscriberAccounts;
  /** Seals the accounts' seeds. */
  readonly vault: Vault;
  readonly now: () => Date;
}

/** The subscribers' accounts on the bus, with seeds that are opened here alone. */
export class BusSubscribers implements SubscriberBus {
  readonly #options: BusSubscribersOptions;

  constructor(options: BusSubscribersOptions) {
    this.#options = options;
  }

  newAccount(tenant: string, id: string): { sealedSeed: Buffer; key: string } & Credentials {
    const seed = newAccountSeed();
    const { vault, now } = this.#options;
    const sealedSeed = vault.seal(place(tenant, id), Buffer.from(seed));
    return { sealedSeed, key: accountKeyOf(seed), ...newCredentials({ id, seed }, now()) };
  }

  newCredentials({ tenant, id, sealedSeed }: Pick<KnownSubscriber, "tenant" | "id" | "sealedSeed">): Credentials {
    return newCredentials({ id, seed: this.#seed(tenant, id, sealedSeed) }, this.#options.now());
  }

  push(subscriber: KnownSubscriber): Promise<void> {
    return this.#options.accounts.push(this.#accountOf(subscriber));
  }

  async open(subscriber: KnownSubscriber): Promise<SubscriberFeed> {
    const account = this.#accountOf(subscriber);
    const { format, round, bufferBytes } = subscriber;
    const opened = await this.#options.accounts.open(account);
    return new NatsSubscriber({ account: opened, intake: intakeOf(account), bufferBytes, format, round });
  }

  remove(subscriber: KnownSubscriber): Promise<void> {
    return this.#options.accounts.remove(this.#accountOf(subscriber));
  }

  #accountOf({ tenant, id, sealedSeed, bufferBytes, users }: KnownSubscriber): SubscriberAccount {
    return { id, seed: this.#seed(tenant, id, sealedSeed), bufferBytes, revocations: users.revoked };
  }

  #seed(tenant: string, id: string, sealed: Buffer): string {
    return this.#options.vault.open(place(tenant, id), sealed).toString();
  }
}

const place = (tenant: string, id: string): string => `${tenant}/subscriber/${id}`;
