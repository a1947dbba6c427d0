import type { Lifecycle } from "@muster/host/lifecycle";
import type { Logger } from "@muster/host/logging";
import { LRUCache } from "lru-cache";
import type { DeviceKey } from "./ports.ts";

interface Dependencies {
  readonly write: (seen: readonly (DeviceKey & { readonly at: Date })[]) => Promise<void>;
  readonly log: Logger;
  readonly lifecycle: Lifecycle;
}

const FLUSH_MS = 3_000;
/** A device that polls every few seconds is written this often; it counts as online for 120 s. */
const WRITE_AGAIN_MS = 20_000;
const CHUNK = 5_000;

export type SawDevice = (key: DeviceKey, at: Date) => void;

/** Remembers when devices were heard of and writes it every few seconds, all in one statement. */
export function keepPresence({ write, log, lifecycle }: Dependencies): SawDevice {
  const waiting = new Map<string, DeviceKey & { at: Date }>();
  // Counted by size: with `max` its memory would be taken at once.
  const written = new LRUCache<string, number>({ maxSize: 250_000, sizeCalculation: () => 1 });
  let flushing: Promise<void> = Promise.resolve();

  const flush = async (): Promise<void> => {
    const seen = [...waiting.values()].sort((a, b) => (a.deviceId < b.deviceId ? -1 : 1));
    waiting.clear();
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
    const key = `${tenant}/${deviceId}`;
    if (at.getTime() - (written.get(key) ?? 0) < WRITE_AGAIN_MS) return;
    written.set(key, at.getTime());
    waiting.set(key, { tenant, deviceId, at });
  };
}
