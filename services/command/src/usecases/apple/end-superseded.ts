import type { Command } from "../../domain/command.ts";
import { advance } from "../../domain/evolve.ts";
import { lockSuperseded } from "../../storage/apple-commands.ts";
import type { CommandWork } from "../ports.ts";
import { byPlatform, recordSteps } from "../record-steps.ts";

/** Ends what newer commands take the place of, in the transaction that queues them. */
export async function endSuperseded(work: CommandWork, commands: readonly Command[], now: Date): Promise<void> {
  const keys = commands.flatMap(({ apple, deviceId, id, tenant }) =>
    apple === undefined || apple.supersedeKey === ""
      ? []
      : [{ tenant, deviceId, id, userId: apple.userId, supersedeKey: apple.supersedeKey }],
  );
  if (keys.length === 0) return;
  await endEarlier(work, await lockSuperseded(work.sql, keys), now);
}

/** Ends commands that were found to be superseded. */
export async function endEarlier(work: CommandWork, earlier: readonly Command[], now: Date): Promise<void> {
  if (earlier.length === 0) return;
  const steps = earlier.flatMap((command) => advance(command, { kind: "superseded" }, now).steps);
  await recordSteps(work, steps, byPlatform);
}
