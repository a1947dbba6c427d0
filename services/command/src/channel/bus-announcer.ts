import type { NatsConnection } from "@nats-io/transport-node";
import type { Command } from "../domain/command.ts";
import type { DeviceKey } from "../domain/device-key.ts";
import type { Announcer } from "../usecases/ports.ts";
import type { HeldChannels } from "./held-channels.ts";
import type { Watchers } from "./watchers.ts";

export const watchKey = (tenant: string, commandId: string): string => `${tenant}.${commandId}`;

const WAKE_DEVICE = "wake.device";
const WAKE_TENANT = "wake.tenant";
const CHANGED = "changed.command.these";
/** So many commands in one message at most, of some 50 bytes each. */
const IN_ONE_MESSAGE = 1_000;
/** The payload that ends a device's connections instead of waking it. */
const DISMISS = "dismiss";

/** Announces over core NATS, which reaches every replica, this one included. */
export class BusAnnouncer implements Announcer {
  readonly #bus: NatsConnection;
  readonly #watchers: Watchers;

  constructor(bus: NatsConnection, watchers: Watchers) {
    this.#bus = bus;
    this.#watchers = watchers;
  }

  changed(commands: readonly Command[]): void {
    const keys = [...new Set(commands.map(({ id, tenant }) => watchKey(tenant, id)))];
    // Whoever waits in this process hears of it even while the bus is away.
    for (const key of keys) this.#watchers.notify(key);
    // A batch of devices changes many: a message for each would cost more than what the devices asked for.
    for (let start = 0; start < keys.length; start += IN_ONE_MESSAGE)
      this.#publish(CHANGED, keys.slice(start, start + IN_ONE_MESSAGE).join("\n"));
  }

  wake(devices: readonly DeviceKey[]): void {
    for (const { tenant, deviceId } of devices) this.#publish(`${WAKE_DEVICE}.${tenant}.${deviceId}`, "commands");
  }

  wakeTenant(tenant: string): void {
    this.#publish(`${WAKE_TENANT}.${tenant}`, "commands");
  }

  dismiss(devices: readonly DeviceKey[]): void {
    for (const { tenant, deviceId } of devices) this.#publish(`${WAKE_DEVICE}.${tenant}.${deviceId}`, DISMISS);
  }

  #publish(subject: string, payload = ""): void {
    // While the process shuts down somebody may still commit; his device is woken by its next poll.
    if (!this.#bus.isClosed() && !this.#bus.isDraining()) this.#bus.publish(subject, payload);
  }
}

export interface Followers {
  readonly channels: readonly HeldChannels[];
  readonly watchers: Watchers;
  /** Some devices have commands to fetch. */
  readonly asked: () => void;
}

/** Passes on what any replica, or another service, announces to those who wait in this process. */
export function followAnnouncements(bus: NatsConnection, { asked, channels, watchers }: Followers): void {
  bus.subscribe(`${WAKE_DEVICE}.*.*`, {
    callback: (error, message) => {
      if (error !== null) return;
      const [, , tenant = "", deviceId = ""] = message.subject.split(".");
      const payload = message.string();
      if (payload === "commands") asked();
      for (const held of channels) {
        if (payload === "commands" || payload === "queries") held.wake({ tenant, deviceId }, payload);
        else if (payload === DISMISS) held.dismiss({ tenant, deviceId });
      }
    },
  });
  bus.subscribe(`${WAKE_TENANT}.*`, {
    callback: (error, message) => {
      if (error !== null) return;
      const payload = message.string();
      if (payload !== "commands" && payload !== "queries") return;
      if (payload === "commands") asked();
      for (const held of channels) held.wakeTenant(message.subject.split(".")[2] ?? "", payload);
    },
  });
  bus.subscribe(CHANGED, {
    callback: (error, message) => {
      if (error === null) for (const key of message.string().split("\n")) watchers.notify(key);
    },
  });
}
