import { Agent } from "undici";
import { BackOff, type BackOffLimits } from "../../back-off.ts";
import { Pause } from "../../pause.ts";
import { SeededRandom } from "../../seeded-random.ts";
import { SimulatedAppleDevice } from "../apple-device.ts";
import { type KeySource, sharedKeys } from "../crypto/key-pair.ts";
import { drawAppleHardware } from "../hardware/apple-hardware.ts";
import type { AppleKind } from "../hardware/apple-models.ts";
import type { DeviceAuthority } from "../hardware/device-authority.ts";
import { drift } from "./drift.ts";
import { FleetMemory } from "./fleet-memory.ts";
import { PushRegistry } from "./push-registry.ts";

export interface AppleFleetOptions {
  /** How one device of the fleet enrolls. Asked again, with pauses, while it fails. */
  readonly enroll: (device: SimulatedAppleDevice) => Promise<void>;
  /** PEM of the authority that signed the server's certificate. */
  readonly ca?: string;
  readonly devices: number;
  readonly seed: string;
  readonly namePrefix?: string;
  readonly stateDirectory?: string;
  readonly kinds?: readonly AppleKind[];
  readonly keys?: KeySource;
  readonly factory?: DeviceAuthority;
  /** Between polls without a push, as after changes of the network; 0 for never. */
  readonly pollEveryMs?: number;
  /** How often one device of the fleet is changed by its holder; 0 for never. */
  readonly changeEveryMs?: number;
  /** A device begins at a random moment within this time. */
  readonly startWithinMs?: number;
  readonly backOff?: BackOffLimits;
}

export interface FleetDevice {
  readonly name: string;
  readonly device: SimulatedAppleDevice;
}

export interface AppleFleet {
  readonly devices: readonly FleetDevice[];
  readonly pushes: PushRegistry;
  device(name: string): SimulatedAppleDevice | undefined;
  /** Makes one believable change to a device. @returns what it was. */
  step(name: string): Promise<string>;
  /** Enrolls a device that is under nobody's management, as at the start. */
  enroll(name: string): Promise<void>;
  stop(): Promise<void>;
}

const KINDS: readonly AppleKind[] = ["Mac", "iPhone", "Mac", "iPhone", "iPad", "Mac", "iPhone", "AppleTV"];
/** Making keys costs a tenth of a second each: a fleet shares a few. */
const KEYS = 16;

/** Starts simulated Apple devices, all in this process: each enrolls, then lives by pushes and now and then without. */
export const startAppleFleet = async (options: AppleFleetOptions): Promise<AppleFleet> => {
  const memory = await FleetMemory.open(options.stateDirectory, options.seed);
  const random = new SeededRandom(options.seed);
  const pushes = new PushRegistry();
  const { ca, factory } = options;
  const dispatcher = new Agent({
    connections: 64,
    keepAliveTimeout: 60_000,
    connect: ca === undefined ? {} : { ca },
  });
  const keys = options.keys ?? sharedKeys(KEYS);
  const kinds = options.kinds ?? KINDS;
  const stopping = new AbortController();

  const make = (place: number): FleetDevice => {
    const kind = kinds[place % kinds.length] ?? "iPhone";
    const name = `${options.namePrefix ?? ""}${kind.toLowerCase()}-${String(place + 1).padStart(4, "0")}`;
    const own = random.fork(name);
    const device = new SimulatedAppleDevice({
      hardware: drawAppleHardware(kind, own.fork("hardware")),
      random: own,
      dispatcher,
      keys,
      pushService: pushes,
      saved: memory.of(name),
      keep: (saved) => memory.keep(name, saved),
      ...(ca === undefined ? {} : { ca }),
      ...(factory === undefined ? {} : { factory }),
    });
    return { name, device };
  };
  const devices = Array.from({ length: options.devices }, (_, place) => make(place));
  const byName = new Map(devices.map(({ name, device }) => [name, device]));

  const known = (name: string): SimulatedAppleDevice => {
    const device = byName.get(name);
    if (device === undefined) throw new Error(`no such device: ${name}`);
    return device;
  };

  const enroll = async ({ name, device }: FleetDevice): Promise<void> => {
    const backOff = new BackOff(options.backOff ?? { firstMs: 1000, mostMs: 60_000 }, random.fork(`${name} retry`));
    const pause = new Pause(stopping.signal);
    while (!stopping.signal.aborted && device.enrollment === undefined) {
      try {
        await options.enroll(device);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        device.ledger.add({ kind: "failed", what: "enrollment", reason });
        await pause.sleep(backOff.nextMs());
      }
    }
  };

  const live = async (member: FleetDevice): Promise<void> => {
    const chance = random.fork(`${member.name} life`);
    const pause = new Pause(stopping.signal);
    await pause.sleep(chance.int(0, options.startWithinMs ?? 2000));
    await enroll(member);
    const everyMs = options.pollEveryMs ?? 0;
    // At the start a device asks once, for what came while it was off.
    while (!stopping.signal.aborted) {
      await member.device.poll("network");
      if (everyMs <= 0) return;
      await pause.sleep(everyMs * (0.9 + chance.next() * 0.2));
    }
  };

  const step = async (name: string): Promise<string> => {
    const device = known(name);
    const what = drift(device, random.fork(`${name} step ${device.ledger.count("changed")}`));
    device.ledger.add({ kind: "changed", what });
    await device.reportChange();
    return what;
  };

  const changing = async (everyMs: number): Promise<void> => {
    const chance = random.fork("changes");
    const pause = new Pause(stopping.signal);
    while (!stopping.signal.aborted) {
      await pause.sleep(everyMs * (0.5 + chance.next()));
      if (!stopping.signal.aborted) await step(chance.pick(devices).name);
    }
  };

  const lives = devices.map(live);
  const everyMs = options.changeEveryMs ?? 0;
  if (everyMs > 0 && devices.length > 0) lives.push(changing(everyMs));

  return {
    devices,
    pushes,
    device: (name) => byName.get(name),
    step,
    enroll: (name) => enroll({ name, device: known(name) }),
    async stop() {
      stopping.abort();
      // Calls under way may finish; those still open after a moment are cut, so that stopping has an end.
      const cut = setTimeout(() => void dispatcher.destroy(), 2000);
      await Promise.all(lives);
      clearTimeout(cut);
      for (const { device } of devices) await device.stop();
      await dispatcher.close().catch(() => undefined);
      await memory.flushed();
    },
  };
};
