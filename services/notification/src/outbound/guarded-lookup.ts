import { lookup } from "node:dns";
import { lookup as lookupAsync } from "node:dns/promises";
import { isIP, type LookupFunction } from "node:net";
import { mayReach, type Network } from "../domain/address-policy.ts";

/** The connection was not even tried: the name leads to an address that events may not be sent to. */
class ForbiddenAddress extends Error {
  override readonly name = "ForbiddenAddress";
  constructor(host: string) {
    super(`${host} leads to an address that events may not be sent to`);
  }
}

/** The host of a URL as the resolver wants it, IPv6 without its brackets. */
export const hostOf = (url: string): string => new URL(url).hostname.replace(/^\[|\]$/g, "");

/** A host that is an address itself is never looked up, so it is checked here. */
export function checkLiteral(host: string, allowed: readonly Network[]): void {
  if (isIP(host) !== 0 && !mayReach(host, allowed)) throw new ForbiddenAddress(host);
}

/** Whether a host has an address that may be reached; throws when it cannot be found. */
export async function isReachable(host: string, allowed: readonly Network[]): Promise<boolean> {
  const addresses = await lookupAsync(host, { all: true });
  return addresses.some(({ address }) => mayReach(address, allowed));
}

/**
 * A connection's own look-up, which finds only addresses that may be reached: a name cannot lead elsewhere between check
 * and connection.
 */
export const guardedLookup =
  (allowed: readonly Network[]): LookupFunction =>
  (host, options, callback) => {
    lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, "");
      const reachable = addresses.filter(({ address }) => mayReach(address, allowed));
      const [first] = reachable;
      if (first === undefined) return callback(new ForbiddenAddress(host), "");
      if (options.all === true) callback(null, reachable);
      else callback(null, first.address, first.family);
    });
  };
