import type { DeviceIdentity } from "@muster/device-identity/identity";
import { isCurrent } from "../domain/channel.ts";
import { keyOf } from "../domain/device-key.ts";
import { findChannels } from "../storage/channels.ts";
import type { Database } from "./ports.ts";

/** Whether these keys and certificates still count, in their order. */
export const areCurrent =
  (database: Database) =>
  (identities: readonly DeviceIdentity[]): Promise<boolean[]> =>
    database.system(async (work) => {
      const channels = await findChannels(work.sql, identities);
      return identities.map((identity) => isCurrent(identity, channels.get(keyOf(identity))));
    });
