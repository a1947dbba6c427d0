import type { DeviceIdentity } from "@muster/device-identity/identity";
import type { TraceCarrier } from "@muster/host/telemetry";
import { isCurrent } from "../domain/channel.ts";
import { keyOf } from "../domain/device-key.ts";
import type { Step } from "../domain/evolve.ts";
import { type Offered, offer } from "../domain/offer.ts";
import { findChannels } from "../storage/channels.ts";
import { findBodies } from "../storage/command-queries.ts";
import { lockDeliverable } from "../storage/commands.ts";
import type { Announcer, CommandWork, Database } from "./ports.ts";
import { byDevice, recordSteps } from "./record-steps.ts";

export interface HandedOut extends Offered {
  /** The script it carries; empty when it carries none. */
  readonly content: string;
}

/** A refused device has to enroll again. */
export type CheckinOutcome =
  | { readonly refused: true }
  | { readonly refused: false; readonly commands: readonly HandedOut[] };

/** A device that asks for work, with the place of its request in its trace. */
export interface CheckIn {
  readonly identity: DeviceIdentity;
  readonly trace: TraceCarrier;
}

export interface HandOutDeps {
  readonly database: Database;
  readonly announcer: Announcer;
  readonly now: () => Date;
}

/** What these agents are handed now, in their order: for one with nothing to do, two look-ups shared with all the others. */
export const handOutCommands =
  ({ database, announcer, now }: HandOutDeps) =>
  async (checkIns: readonly CheckIn[]): Promise<CheckinOutcome[]> => {
    const { outcomes, steps } = await database.system((work) => handOut(work, checkIns, now()));
    if (steps.length > 0) announcer.changed(steps.map(({ after }) => after));
    return outcomes;
  };

async function handOut(work: CommandWork, checkIns: readonly CheckIn[], now: Date) {
  const identities = checkIns.map(({ identity }) => identity);
  const requests = new Map(checkIns.map(({ identity, trace }) => [keyOf(identity), trace]));
  const devices = new Map(identities.map((identity) => [keyOf(identity), identity]));
  const channels = await findChannels(work.sql, [...devices.values()]);
  const current = (identity: DeviceIdentity) => isCurrent(identity, channels.get(keyOf(identity)));
  const asking = [...new Map(identities.filter(current).map((identity) => [keyOf(identity), identity])).values()];
  const deliverable = asking.length === 0 ? [] : await lockDeliverable(work.sql, asking, now);
  const steps: Step[] = [];
  const handed = new Map<string, readonly Offered[]>();
  for (const [key, commands] of Map.groupBy(deliverable, keyOf)) {
    const offered = offer(commands, channels.get(key)?.personal ?? false, now);
    handed.set(key, offered.handed);
    steps.push(...offered.steps);
  }
  await recordSteps(work, steps, byDevice(requests, now));
  const bodies = await findBodies(
    work.sql,
    [...handed.values()]
      .flat()
      .filter(({ what }) => what === "command")
      .map(({ command }) => command),
  );
  const outcomes = identities.map((identity): CheckinOutcome => {
    if (!current(identity)) return { refused: true };
    const key = keyOf(identity);
    const commands = (handed.get(key) ?? []).map((each) => ({
      ...each,
      content: bodies.get(each.command.script?.bodyId ?? "") ?? "",
    }));
    // One device may ask twice in one batch: the first question gets the answer.
    handed.delete(key);
    return { refused: false, commands };
  });
  return { outcomes, steps };
}
