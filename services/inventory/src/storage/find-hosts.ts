import type { Host } from "./claim-work.ts";
import { readHosts } from "./lock-hosts.ts";
import { type DeviceKey, type InventoryDatabase, keyOf } from "./schema.ts";

/** Finds hosts for their keys' sake, in the same order. */
export const findHosts = (database: InventoryDatabase, keys: readonly DeviceKey[], now: Date): Promise<Host[]> =>
  database.system(async (work) => {
    const hosts = await readHosts(work, keys, now);
    return keys.map((key) => {
      const host = hosts.get(keyOf(key));
      if (host === undefined) throw new Error("a device vanished while it was looked up");
      // Hosts are remembered by the hundred thousand: what was read beside this must not stay with them.
      const { tenant, deviceId, platform, ownership, unenrolled, generations } = host;
      return { tenant, deviceId, platform, ownership, unenrolled, generations };
    });
  });
