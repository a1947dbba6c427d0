import type { Lifecycle } from "@muster/host/lifecycle";
import type { Logger } from "@muster/host/logging";
import type { DeviceKey } from "./ports.ts";

interface Dependencies {
  readonly write: (seen: readonly Seen[]) => Promise<void>;
  readonly log: Logger;
  readonly lifecycle: Lifecycle;
}

interface Seen extends DeviceKey {
  readonly at: Date;
}

const FLUSH_MS = 3_000;
const CHUNK = 5_000;
/**
 * At each flush one share of the devices is forgotten, so each is written once in 48 s however often it asks. With the
 * longest pause between two polls, a minute, that stays below the 120 s for which a device counts as online.
 */
const SHARES = 16;

export type SawDevice = (key: DeviceKey, at: Date) => void;

/** Remembers when devices were heard of and writes it every few seconds, all in one statement. */
export function keepPresence({ write, log, lifecycle }: Dependencies): SawDevice {
  let waiting: Seen[] = [];
  // By the last digit of their ids, which are random: no two tenants share one.
  const noted = Array.from({ length: SHARES }, () => new Set<string>());
  let next = 0;
  let flushing: Promise<void> = Promise.resolve();

  const flush = async (): Promise<void> => {
    const seen = waiting.sort((a, b) => (a.deviceId < b.deviceId ? -1 : 1));
    waiting = [];
    noted[next]?.clear();
    next = (next + 1) % SHARES;
    try {
      for (let start = 0; start < seen.length; start += CHUNK) await write(seen.slice(start, start + CHUNK));
    } catch (error) {
      log.warn({ err: error }, "presence could not be written");
    }
  };
  const timer = setInterval(() => {
    flushing = flushing.then(flush);
  }, FLUSH_MS);
  lifecycle.add("presence", async () => {
    clearInterval(timer);
    await flushing;
    await flush();
  });
  return ({ tenant, deviceId }, at) => {
    const share = noted[Number.parseInt(deviceId.slice(-1), 16)];
    if (share === undefined || share.has(deviceId)) return;
    share.add(deviceId);
    waiting.push({ tenant, deviceId, at });
  };
}
