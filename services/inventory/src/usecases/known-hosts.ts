import { Recent } from "@muster/device-identity/recent";
import type { DeviceKey, Host } from "./ports.ts";

interface Known {
  readonly host: Host;
  readonly readAt: number;
  /** Until then there is nothing to ask; 0 when that is not known. */
  quietUntil: number;
  readonly tenantEpoch: number;
}

/** What is said of thousands of hosts in the same words. */
type Kind = Omit<Host, keyof DeviceKey>;

/** A message that says that there is something new may be lost: that long without a look for such is the most. */
const UNSEEN_MS = 60_000;
/** However quiet a host is, it is read again after this. */
const TRUST_MS = 10 * 60_000;
const REMEMBERED = 250_000;
const FORGOTTEN = 25_000;
const KINDS = 1_000;

/**
 * What this replica remembers of hosts, so that an empty poll costs no query. Every poll of a hundred thousand hosts finds
 * another one, so what counts is how many places of memory a look touches: hosts are held by the very text of their id that
 * the cache of node keys holds, which is found without reading it.
 */
export class KnownHosts {
  /** By their ids alone, which are random; a host of another tenant is not this one. */
  readonly #hosts = new Recent<Known>(REMEMBERED);
  readonly #kinds = new Recent<Kind>(KINDS);
  readonly #tenantEpochs = new Map<string, number>();
  /** Which change made a host, or a whole tenant, be forgotten last. */
  readonly #forgotten = new Recent<number>(FORGOTTEN);
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
    const known = this.#of(key);
    if (known === undefined || now - known.readAt >= TRUST_MS || now - this.#madeGoodAt >= UNSEEN_MS) return undefined;
    return known.tenantEpoch === this.#epoch(key.tenant) ? known : undefined;
  }

  /** Remembers a host as it was read, by the texts of the key it asked with; `changes` is what it was before the reading. */
  remember({ tenant, deviceId }: DeviceKey, read: Host, now: number, quietUntil: number, changes: number): void {
    const forgottenAt = this.#forgotten.get(deviceId) ?? 0;
    if (Math.max(forgottenAt, this.#forgottenTenants.get(tenant) ?? 0) > changes) return;
    const { platform, ownership, unenrolled, generations } = this.#kindOf(read);
    const host = { tenant, deviceId, platform, ownership, unenrolled, generations };
    this.#hosts.set(deviceId, { host, readAt: now, quietUntil, tenantEpoch: this.#epoch(tenant) });
  }

  /** What the host is asked next has to be asked of the database; who it is stays known. */
  reconsider(key: DeviceKey): void {
    const known = this.#of(key);
    if (known !== undefined) known.quietUntil = 0;
    this.#forgotten.set(key.deviceId, ++this.#changes);
  }

  forget(tenant: string, devices: readonly string[] | "all"): void {
    this.#changes++;
    if (devices === "all") {
      this.#tenantEpochs.set(tenant, this.#epoch(tenant) + 1);
      this.#forgottenTenants.set(tenant, this.#changes);
      return;
    }
    for (const deviceId of devices) {
      this.#hosts.delete(deviceId);
      this.#forgotten.set(deviceId, this.#changes);
    }
  }

  #of({ tenant, deviceId }: DeviceKey): Known | undefined {
    const known = this.#hosts.get(deviceId);
    return known?.host.tenant === tenant ? known : undefined;
  }

  #kindOf({ platform, ownership, unenrolled, generations }: Host): Kind {
    const words = JSON.stringify([platform, ownership, unenrolled, generations]);
    const known = this.#kinds.get(words);
    if (known !== undefined) return known;
    const kind = { platform, ownership, unenrolled, generations };
    this.#kinds.set(words, kind);
    return kind;
  }

  #epoch(tenant: string): number {
    return this.#tenantEpochs.get(tenant) ?? 0;
  }
}
