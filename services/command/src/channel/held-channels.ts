import { metrics } from "@muster/host/telemetry";
import type { DeviceKey } from "../domain/device-key.ts";
import { keyOf } from "../domain/device-key.ts";

/** What a device is woken for. */
export type Work = "commands" | "queries";

/** One connection that a device holds open, over whatever protocol. */
export interface Held extends DeviceKey {
  /** What was written is still in this process: the device does not read, or is gone. */
  isStalled(): boolean;
  ping(): void;
  wake(work: Work): void;
  /** Ends it in order; the device connects again when it likes. */
  end(): void;
  /** Ends it at once. */
  drop(): void;
}

export interface HeldChannelsOptions {
  /** The protocol, for the metrics. */
  readonly name: string;
  readonly pingMs: number;
  /** How many are held at most. */
  readonly limit: number;
  /** Over how long the devices of a tenant are woken, so that they do not all ask in the same instant. */
  readonly spreadMs: number;
}

/** In how many slices the pings of one round are sent, so that ten thousand streams are not written to in one go. */
const SLICES = 30;

/** The connections that devices hold to this replica: one each, the newest wins. One timer pings them all. */
export class HeldChannels {
  readonly #options: HeldChannelsOptions;
  readonly #byDevice = new Map<string, Held>();
  readonly #slices: readonly Set<Held>[] = Array.from({ length: SLICES }, () => new Set());
  readonly #waking = new Set<NodeJS.Timeout>();
  readonly #timer: NodeJS.Timeout;
  #turn = 0;
  #closed = false;

  constructor(options: HeldChannelsOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#pingSlice(), options.pingMs / SLICES);
    metrics
      .getMeter("muster")
      .createObservableGauge("muster.command.channels.held", { description: "Connections that devices hold open" })
      .addCallback((gauge) => gauge.observe(this.#byDevice.size, { protocol: options.name }));
  }

  get size(): number {
    return this.#byDevice.size;
  }

  /** Whether one more is taken. A device that has one already replaces it, so it is always welcome. */
  hasRoomFor(device: DeviceKey): boolean {
    return !this.#closed && (this.#byDevice.size < this.#options.limit || this.#byDevice.has(keyOf(device)));
  }

  add(held: Held): void {
    const key = keyOf(held);
    const before = this.#byDevice.get(key);
    if (before !== undefined) {
      this.remove(before);
      before.end();
    }
    this.#byDevice.set(key, held);
    // The slice that is pinged last from now on: a new stream has just said hello.
    this.#slices[(this.#turn + SLICES - 1) % SLICES]?.add(held);
  }

  /** To be called when a connection is gone. One that was replaced does not take its successor along. */
  remove(held: Held): void {
    if (this.#byDevice.get(keyOf(held)) === held) this.#byDevice.delete(keyOf(held));
    for (const slice of this.#slices) slice.delete(held);
  }

  wake(device: DeviceKey, work: Work): void {
    const held = this.#byDevice.get(keyOf(device));
    if (held !== undefined) this.#unlessStalled(held, () => held.wake(work));
  }

  /** Wakes all devices of a tenant, spread over a few seconds. */
  wakeTenant(tenant: string, work: Work): void {
    const held = [...this.#byDevice.values()].filter((each) => each.tenant === tenant);
    const steps = Math.min(held.length, SLICES);
    for (let step = 0; step < steps; step++) {
      const part = held.filter((_, index) => index % steps === step);
      const timer = setTimeout(
        () => {
          this.#waking.delete(timer);
          for (const each of part) this.wake(each, work);
        },
        (this.#options.spreadMs / steps) * step,
      );
      this.#waking.add(timer);
    }
  }

  /** Ends a device's connection, because it is no longer managed. */
  dismiss(device: DeviceKey): void {
    const held = this.#byDevice.get(keyOf(device));
    if (held === undefined) return;
    this.remove(held);
    held.end();
  }

  /** Ends all and takes no more. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
    for (const timer of this.#waking) clearTimeout(timer);
    for (const held of this.#byDevice.values()) held.end();
    this.#byDevice.clear();
    for (const slice of this.#slices) slice.clear();
  }

  #pingSlice(): void {
    for (const held of this.#slices[this.#turn] ?? []) this.#unlessStalled(held, () => held.ping());
    this.#turn = (this.#turn + 1) % SLICES;
  }

  #unlessStalled(held: Held, write: () => void): void {
    if (!held.isStalled()) return write();
    this.remove(held);
    held.drop();
  }
}
