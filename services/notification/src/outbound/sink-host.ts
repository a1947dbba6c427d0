import type { Network } from "../domain/address-policy.ts";
import { refuse } from "../domain/refusals.ts";
import { isReachable } from "./guarded-lookup.ts";

/** Refuses a host, before a sink is kept, that is unknown or leads where sinks may not reach. */
export async function checkSinkHost(host: string, allowed: readonly Network[]): Promise<void> {
  const reachable = await isReachable(host, allowed).catch((cause: unknown) => {
    throw refuse("sink.unknown_host", `the host ${host} cannot be found`, { cause });
  });
  if (!reachable) {
    throw refuse(
      "sink.forbidden_address",
      `${host} leads to a private address: an operator can allow its network with MUSTER_WEBHOOK_ALLOW_PRIVATE`,
    );
  }
}
