import ipaddr from "ipaddr.js";

export type Network = ReturnType<typeof ipaddr.parseCIDR>;

/** Reads networks such as "10.20.0.0/16,fd00::/8". */
export const cidrs = (raw: string): readonly Network[] =>
  raw
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map((part) => {
      if (!ipaddr.isValidCIDR(part)) throw new Error(`"${part}" is not a network such as 10.20.0.0/16`);
      return ipaddr.parseCIDR(part);
    });

// Public by its range, but Azure answers there about the machine itself.
const METADATA = new Set(["168.63.129.16"]);

/**
 * Whether a webhook may reach an address: public ones, and those in the networks that were allowed. Loopback, private,
 * link-local (where clouds keep credentials), translated and reserved ranges are not public.
 */
export function mayReach(address: string, allowed: readonly Network[]): boolean {
  if (!ipaddr.isValid(address)) return false;
  // An IPv4 address in IPv6 clothes is judged as what it is.
  const real = ipaddr.process(address);
  const isAllowed = allowed.some(([network, bits]) => network.kind() === real.kind() && real.match(network, bits));
  return isAllowed || (real.range() === "unicast" && !METADATA.has(real.toString()));
}
