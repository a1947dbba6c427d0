import { LRUCache } from "lru-cache";
import type { DeviceKey, Host } from "./ports.ts";

interface Known {
  readonly host: Host;
  readonly readAt: number;
  /** Until then there is nothing to ask; 0 when that is not known. */
  readonly quietUntil: number;
  readonly tenantEpoch: number;
}

/** A message that says that there is something new may be lost: that long without a look for such is the most. */
const UNSEEN_MS = 60_000;
/** However quiet a host is, it is read again after this. */
const TRUST_MS = 10 * 60_000;
const REMEMBERED = 250_000;

/** What this replica remembers of hosts, so that an empty poll costs no query. */
export class KnownHosts {
  // Counted by size: with `max` its memory would be taken at once, for hosts that there may never be.
  readonly #hosts = new LRUCache<string, Known>({ maxSize: REMEMBERED, sizeCalculation: () => 1 });
  readonly #tenantEpochs = new Map<string, number>();
  /** Which change made a host, or a whole tenant, be forgotten last. */
  readonly #forgotten = new LRUCache<string, number>({ maxSize: 50_000, sizeCalculation: () => 1 });
  readonly #forgottenTenants = new Map<string, number>();
  #changes = 0;
  #madeGoodAt = Number.NEGATIVE_INFINITY;

  /** Rises with each message; what was read from the database before it may be old. */
  get changes(): number {
    return this.#changes;
  }

  /** Says that every change committed before this time has been told to `forget`. */
  madeGood(at: number): void {
    this.#madeGoodAt = at;
  }

  find(key: DeviceKey, now: number): Known | undefined {
    const known = this.#hosts.get(mapKey(key));
    if (known === undefined || now - known.readAt >= TRUST_MS || now - this.#madeGoodAt >= UNSEEN_MS) return undefined;
    return known.tenantEpoch === this.#epoch(key.tenant) ? known : undefined;
  }

  /** Remembers a host as it was read; `changes` is what it was before the reading. */
  remember(host: Host, now: number, quietUntil: number, changes: number): void {
    const forgottenAt = this.#forgotten.get(mapKey(host)) ?? 0;
    if (Math.max(forgottenAt, this.#forgottenTenants.get(host.tenant) ?? 0) > changes) return;
    const known = { host, readAt: now, quietUntil, tenantEpoch: this.#epoch(host.tenant) };
    this.#hosts.set(mapKey(host), known);
  }

  /** What the host is asked next has to be asked of the database; who it is stays known. */
  reconsider(key: DeviceKey): void {
    const known = this.#hosts.get(mapKey(key));
    if (known !== undefined) this.#hosts.set(mapKey(key), { ...known, quietUntil: 0 });
    this.#forgotten.set(mapKey(key), ++this.#changes);
  }

  forget(tenant: string, devices: readonly string[] | "all"): void {
    this.#changes++;
    if (devices === "all") {
      this.#tenantEpochs.set(tenant, this.#epoch(tenant) + 1);
      this.#forgottenTenants.set(tenant, this.#changes);
      return;
    }
    for (const deviceId of devices) {
      const key = mapKey({ tenant, deviceId });
      this.#hosts.delete(key);
      this.#forgotten.set(key, this.#changes);
    }
  }

  #epoch(tenant: string): number {
    return this.#tenantEpochs.get(tenant) ?? 0;
  }
}

const mapKey = ({ tenant, deviceId }: DeviceKey): string => `${tenant}/${deviceId}`;
