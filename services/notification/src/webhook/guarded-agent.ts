import { lookup } from "node:dns";
import { lookup as lookupAsync } from "node:dns/promises";
import { isIP, type LookupFunction } from "node:net";
import { Agent } from "undici";
import { mayReach, type Network } from "../domain/address-policy.ts";
import { refuse } from "../domain/refusals.ts";

const CONNECT_TIMEOUT_MS = 10_000;
/** As many as one receiver has deliveries in work: none waits for a connection while its deadline runs. */
const CONNECTIONS_PER_RECEIVER = 32;

/** The connection was not even tried: the name leads to an address that webhooks may not reach. */
class ForbiddenAddress extends Error {
  override readonly name = "ForbiddenAddress";
  constructor(host: string) {
    super(`${host} leads to an address that webhooks may not reach`);
  }
}

/** The host of a URL as the resolver wants it, IPv6 without its brackets. */
const hostOf = (url: string): string => new URL(url).hostname.replace(/^\[|\]$/g, "");

/** An address that stands in the URL itself is never looked up, so it is checked here. */
export function checkLiteral(url: string, allowed: readonly Network[]): void {
  const host = hostOf(url);
  if (isIP(host) !== 0 && !mayReach(host, allowed)) throw new ForbiddenAddress(host);
}

/** Refuses a URL, before it is kept, whose host is unknown or leads where webhooks may not reach. */
export async function checkReceiver(url: string, allowed: readonly Network[]): Promise<void> {
  const host = hostOf(url);
  const addresses = await lookupAsync(host, { all: true }).catch((cause: unknown) => {
    throw refuse("webhook.unknown_host", `the host ${host} cannot be found`, { cause });
  });
  if (!addresses.some(({ address }) => mayReach(address, allowed))) {
    throw refuse(
      "webhook.forbidden_address",
      `${host} leads to a private address: an operator can allow its network with MUSTER_WEBHOOK_ALLOW_PRIVATE`,
    );
  }
}

/**
 * Connects to checked addresses only. The check stands in the connection's own look-up, so that a name cannot lead
 * elsewhere between check and connection.
 */
export const guardedAgent = (allowed: readonly Network[]): Agent => {
  const checkedLookup: LookupFunction = (host, options, callback) => {
    lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, "");
      const reachable = addresses.filter(({ address }) => mayReach(address, allowed));
      const [first] = reachable;
      if (first === undefined) return callback(new ForbiddenAddress(host), "");
      if (options.all === true) callback(null, reachable);
      else callback(null, first.address, first.family);
    });
  };
  return new Agent({
    connections: CONNECTIONS_PER_RECEIVER,
    connect: { lookup: checkedLookup, timeout: CONNECT_TIMEOUT_MS },
  });
};
