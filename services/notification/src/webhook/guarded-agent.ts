import { Agent } from "undici";
import type { Network } from "../domain/address-policy.ts";
import { refuse } from "../domain/refusals.ts";
import { guardedLookup, hostOf, isReachable } from "../outbound/guarded-lookup.ts";

const CONNECT_TIMEOUT_MS = 10_000;
/** As many as one receiver has deliveries in work: none waits for a connection while its deadline runs. */
const CONNECTIONS_PER_RECEIVER = 32;

/** Refuses a URL, before it is kept, whose host is unknown or leads where webhooks may not reach. */
export async function checkReceiver(url: string, allowed: readonly Network[]): Promise<void> {
  const host = hostOf(url);
  const reachable = await isReachable(host, allowed).catch((cause: unknown) => {
    throw refuse("webhook.unknown_host", `the host ${host} cannot be found`, { cause });
  });
  if (!reachable) {
    throw refuse(
      "webhook.forbidden_address",
      `${host} leads to a private address: an operator can allow its network with MUSTER_WEBHOOK_ALLOW_PRIVATE`,
    );
  }
}

/** Connects to checked addresses only. */
export const guardedAgent = (allowed: readonly Network[]): Agent =>
  new Agent({
    connections: CONNECTIONS_PER_RECEIVER,
    connect: { lookup: guardedLookup(allowed), timeout: CONNECT_TIMEOUT_MS },
  });
