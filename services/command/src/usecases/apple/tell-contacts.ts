import type { Lifecycle } from "@muster/host/lifecycle";
import type { Logger } from "@muster/host/logging";
import { type DeviceKey, keyOf } from "../../domain/device-key.ts";

export interface Contact {
  readonly deviceId: string;
  readonly at: Date;
}

export interface TellContactsDeps {
  /** Tells inventory of devices of one tenant. */
  readonly tell: (tenant: string, contacts: Contact[]) => Promise<void>;
  readonly log: Logger;
  readonly lifecycle: Lifecycle;
}

export type NoteContact = (device: DeviceKey, at: Date) => void;

/** Far below the time after which inventory holds a device for offline. */
const FLUSH_MS = 5_000;
const CHUNK = 5_000;

/** Tells inventory, which Apple's devices do not visit, when they were here: each device once in a few seconds, many in one call. */
export function tellContacts({ lifecycle, log, tell }: TellContactsDeps): NoteContact {
  let waiting = new Map<string, Contact & DeviceKey>();
  let telling: Promise<void> = Promise.resolve();
  const flush = async (): Promise<void> => {
    const contacts = [...waiting.values()];
    waiting = new Map();
    try {
      for (const [tenant, own] of Map.groupBy(contacts, (contact) => contact.tenant)) {
        for (let start = 0; start < own.length; start += CHUNK)
          await tell(
            tenant,
            own.slice(start, start + CHUNK).map(({ at, deviceId }) => ({ at, deviceId })),
          );
      }
    } catch (error) {
      // A device that lives is here again before it counts as offline.
      log.warn({ err: error }, "inventory could not be told when devices were here");
    }
  };
  const timer = setInterval(() => {
    telling = telling.then(flush);
  }, FLUSH_MS);
  lifecycle.add("contacts of Apple devices", async () => {
    clearInterval(timer);
    await telling;
    await flush();
  });
  return (device, at) => void waiting.set(keyOf(device), { ...device, at });
}
