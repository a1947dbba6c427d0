import { readFile } from "node:fs/promises";
import { connectBus } from "@muster/eventbus/connection";
import type { Lifecycle } from "@muster/host/lifecycle";
import type { Logger } from "@muster/host/logging";
import { Vault } from "@muster/vault/vault";
import { fromSeed } from "@nats-io/nkeys";
import { BusSubscribers } from "./bus-subscribers.ts";
import { SubscriberAccounts } from "./subscriber-accounts.ts";

export interface SubscriberKeys {
  readonly natsUrl: string;
  /** File with the seed that signs accounts; empty where there can be no subscribers. */
  readonly natsSigningKey: string;
  /** Credentials file of the user who tells the servers of accounts. */
  readonly natsSystemCredentials: string;
  readonly natsReplicas: number;
  readonly activityDays: number;
  readonly masterKey: Buffer;
}

/** The subscribers' accounts on the bus, if this service was given the keys to make them. */
export async function openSubscribers(
  keys: SubscriberKeys,
  log: Logger,
  lifecycle: Lifecycle,
): Promise<BusSubscribers | undefined> {
  const { natsUrl, natsSigningKey, natsSystemCredentials, natsReplicas, activityDays, masterKey } = keys;
  if (natsSigningKey === "" || natsSystemCredentials === "") return undefined;
  const system = await connectBus(natsUrl, "system", log, natsSystemCredentials);
  lifecycle.add("system account", () => system.close());
  const now = () => new Date();
  const accounts = new SubscriberAccounts({
    servers: natsUrl.split(","),
    system,
    operator: fromSeed(Buffer.from((await readFile(natsSigningKey, "utf8")).trim())),
    replicas: natsReplicas,
    keepMs: activityDays * 86_400_000,
    now,
  });
  return new BusSubscribers({ accounts, vault: new Vault(masterKey), now });
}
