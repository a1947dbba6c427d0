import type { DeviceIdentity } from "@muster/device-identity/identity";
import { isCurrent } from "../domain/channel.ts";
import { keyOf } from "../domain/device-key.ts";
import type { Transactions } from "./ports.ts";

/** Whether these keys and certificates still count, in their order. */
export const areCurrent =
  (transactions: Transactions) =>
  (identities: readonly DeviceIdentity[]): Promise<boolean[]> =>
    transactions.system(async (records) => {
      const channels = await records.channels.find(identities);
      return identities.map((identity) => isCurrent(identity, channels.get(keyOf(identity))));
    });
