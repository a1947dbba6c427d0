import type { DeviceIdentity } from "@muster/device-identity/identity";
import { isCurrent } from "../domain/channel.ts";
import { type Command, hasEnded } from "../domain/command.ts";
import { keyOf } from "../domain/device-key.ts";
import { advance } from "../domain/evolve.ts";
import type { HandOutDeps } from "./hand-out.ts";
import type { Transactions } from "./ports.ts";
import { byDevice, recordSteps } from "./record-steps.ts";

/** The scripts that wait for each of these devices, in their order; nothing for one whose key no longer counts. */
export const pendingScripts =
  (transactions: Transactions, now: () => Date) =>
  (identities: readonly DeviceIdentity[]): Promise<(readonly string[] | undefined)[]> =>
    transactions.system(async (records) => {
      const channels = await records.channels.find(identities);
      const ids = await records.commands.queuedScripts(identities, now());
      return identities.map((identity, index) =>
        isCurrent(identity, channels.get(keyOf(identity))) ? ids[index] : undefined,
      );
    });

export interface HandedScript {
  readonly command: Command;
  readonly content: string;
}

/** Hands one waiting script to fleetd; nothing when it does not wait for this device. */
export const handOutScript =
  ({ transactions, announcer, now }: HandOutDeps) =>
  async (identity: DeviceIdentity, id: string): Promise<HandedScript | undefined> => {
    const { after, content } = await transactions.system(async (records) => {
      const { tenant, deviceId } = identity;
      const channel = (await records.channels.find([identity])).get(keyOf(identity));
      const [command] = await records.commands.lockByIds([{ tenant, deviceId, id }]);
      if (command?.id !== id || command.type !== "run_script") return {};
      const { after, steps } = advance(
        command,
        { kind: "hand_out", over: "orbit", personal: channel?.personal ?? false },
        now(),
      );
      await recordSteps(records, steps, byDevice);
      if (steps.length === 0) return {};
      const bodies = await records.scripts.bodiesOf([after]);
      return { after, content: bodies.get(after.script?.bodyId ?? "") };
    });
    if (after === undefined) return undefined;
    announcer.changed([after]);
    return hasEnded(after) || content === undefined ? undefined : { command: after, content };
  };
