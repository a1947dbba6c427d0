import { isIPv6 } from "node:net";
import { refuse } from "./refusals.ts";
import { TokenBucket } from "./token-bucket.ts";

const FAILURES_AT_ONCE = 30;
const FAILURES_PER_SECOND = 0.2;
const ADDRESSES = 50_000;
const CREDENTIALS_PER_ADDRESS = 16;

interface Address {
  readonly failures: TokenBucket;
  /** Credentials (their hashes) that have let someone in from here. */
  readonly good: Set<string>;
}

/**
 * Slows down whoever fails to enroll, by address. Thousands of hosts may share one address, and one of them with an old
 * secret must not shut the others out: a credential that has worked from there passes even when the failures are used up.
 */
export class FailureGate {
  readonly #addresses = new Map<string, Address>();

  /** Throws when there were too many failures from the address and the credential has not worked from there before. */
  admit(address: string, credential: string, now: Date): void {
    const known = this.#addresses.get(networkOf(address));
    if (known === undefined || known.good.has(credential) || !known.failures.isEmpty(now)) return;
    throw refuse("enrollment.too_many_failures", "too many failed enrollments from this address; try again later", {
      retryAfterSec: known.failures.secondsToNext(now),
    });
  }

  failed(address: string, credential: string, now: Date): void {
    const { failures, good } = this.#touch(address);
    failures.take(now);
    good.delete(credential);
  }

  succeeded(address: string, credential: string): void {
    const { good } = this.#touch(address);
    if (good.has(credential)) return;
    if (good.size >= CREDENTIALS_PER_ADDRESS) good.clear();
    good.add(credential);
  }

  /** The address' entry, moved to the young end; the oldest goes when there are too many. */
  #touch(address: string): Address {
    const network = networkOf(address);
    const entry = this.#addresses.get(network) ?? {
      failures: new TokenBucket(FAILURES_AT_ONCE, FAILURES_PER_SECOND),
      good: new Set<string>(),
    };
    this.#addresses.delete(network);
    this.#addresses.set(network, entry);
    if (this.#addresses.size > ADDRESSES) this.#addresses.delete(this.#addresses.keys().next().value ?? "");
    return entry;
  }
}

/** One subscriber of the internet: an IPv4 address, or the /64 of an IPv6 address, which one host can fill at will. */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, "");
  if (!isIPv6(plain)) return plain;
  const [head = "", tail] = plain.split("%", 1)[0]?.toLowerCase().split("::") ?? [];
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - left.length - right.length)).fill("0");
  return `${[...left, ...zeros, ...right]
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":")}::/64`;
}
