import type { DeviceIdentity } from "@muster/device-identity/identity";
import { currentTrace } from "@muster/host/telemetry";
import { isCurrent } from "../domain/channel.ts";
import { type Command, hasEnded } from "../domain/command.ts";
import { keyOf } from "../domain/device-key.ts";
import { advance } from "../domain/evolve.ts";
import { findChannels } from "../storage/channels.ts";
import { findBodies, queuedScripts } from "../storage/command-queries.ts";
import { lockByIds } from "../storage/commands.ts";
import type { HandOutDeps } from "./hand-out.ts";
import type { Database } from "./ports.ts";
import { byDevice, recordSteps } from "./record-steps.ts";

/** The scripts that wait for each of these devices, in their order; nothing for one whose key no longer counts. */
export const pendingScripts =
  (database: Database, now: () => Date) =>
  (identities: readonly DeviceIdentity[]): Promise<(readonly string[] | undefined)[]> =>
    database.system(async (work) => {
      const channels = await findChannels(work.sql, identities);
      const ids = await queuedScripts(work.sql, identities, now());
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
  ({ database, announcer, now }: HandOutDeps) =>
  async (identity: DeviceIdentity, id: string): Promise<HandedScript | undefined> => {
    const { after, content } = await database.system(async (work) => {
      const at = now();
      const { tenant, deviceId } = identity;
      const channel = (await findChannels(work.sql, [identity])).get(keyOf(identity));
      const [command] = await lockByIds(work.sql, [{ tenant, deviceId, id }]);
      if (command?.id !== id || command.type !== "run_script") return {};
      const { after, steps } = advance(
        command,
        { kind: "hand_out", over: "orbit", personal: channel?.personal ?? false },
        at,
      );
      await recordSteps(work, steps, byDevice(new Map([[keyOf(identity), currentTrace()]]), at));
      if (steps.length === 0) return {};
      const bodies = await findBodies(work.sql, [after]);
      return { after, content: bodies.get(after.script?.bodyId ?? "") };
    });
    if (after === undefined) return undefined;
    announcer.changed([after]);
    return hasEnded(after) || content === undefined ? undefined : { command: after, content };
  };
