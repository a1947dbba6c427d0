import { newIds } from "@muster/postgres/new-ids";
import { Uuids } from "@muster/postgres/uuids";
import type { Command } from "../../domain/command.ts";
import { UNENROLLED } from "../../domain/decide.ts";
import { keyOf } from "../../domain/device-key.ts";
import type { Step } from "../../domain/evolve.ts";
import { type AlikeCommands, cancelEarlierEpochs } from "../../storage/apple-commands.ts";
import { waitForAskers } from "../../storage/device-kinds.ts";
import { type BegunEpoch, findEndedEpochs, takeEndedEpochs } from "../../storage/ended-epochs.ts";
import { commandMessage } from "../command-message.ts";
import { traceOfCommand } from "../note-step.ts";
import type { CommandWork, Database } from "../ports.ts";
import { followSteps } from "../vpp/follow-steps.ts";

/** Each may have a thousand commands open. */
const DEVICES_AT_ONCE = 50;

/** Cancels what devices had open from before they enrolled anew, and tells of each command. */
export const endEarlierEpochs =
  ({ database, now }: { readonly database: Database; readonly now: () => Date }) =>
  async (): Promise<void> => {
    for (let ended = DEVICES_AT_ONCE; ended === DEVICES_AT_ONCE; ) {
      // Who still asks them for something by the epoch before is waited for alone: the devices come by while theirs is cancelled.
      const begun = await database.system(async (work) => {
        const found = await findEndedEpochs(work.sql, DEVICES_AT_ONCE);
        await waitForAskers(
          work.sql,
          found.map(({ tenant }) => tenant),
        );
        return found;
      });
      ended = begun.length === 0 ? 0 : await database.system((work) => cancelBefore(work, begun, now()));
    }
  };

/** @returns of how many devices. */
async function cancelBefore(work: CommandWork, begun: readonly BegunEpoch[], now: Date): Promise<number> {
  const taken = await takeEndedEpochs(work.sql, begun);
  const cancelled = await cancelEarlierEpochs(work.sql, taken, UNENROLLED.result, now);
  await followSteps(work, cancelled.flatMap(stepsOf));
  for (const run of runsOf(cancelled)) tellCancelled(work, run);
  return taken.length;
}

function tellCancelled(work: CommandWork, run: AlikeCommands): void {
  const [id = "", deviceId = ""] = newIds(2);
  work.emitAlike({
    type: "muster.command.v1.CommandCancelled",
    tenant: run.like.tenant,
    actor: "",
    trace: traceOfCommand(run.like),
    deviceIds: Uuids.of(run.members.map(() => run.like.deviceId)),
    ownIds: Uuids.of(run.members.map((member) => member.id)),
    data: { command: commandMessage({ ...run.like, id, deviceId }) },
    stands: { deviceId, ownId: id },
  });
}

const stepsOf = ({ like, members }: AlikeCommands): Step[] =>
  members.map(({ id, seq }) => ({ event: UNENROLLED, after: { ...like, id, seq: String(seq) } }));

/** The same commands, device by device in the order of asking, in as few runs of alike ones as that takes. */
function runsOf(alike: readonly AlikeCommands[]): AlikeCommands[] {
  const inOrder = alike
    .flatMap(({ like, members }) => members.map((member) => ({ like, member, of: keyOf(like) })))
    .sort((one, other) =>
      one.of === other.of ? (one.member.seq < other.member.seq ? -1 : 1) : one.of < other.of ? -1 : 1,
    );
  const runs: { readonly like: Command; readonly members: AlikeCommands["members"][number][] }[] = [];
  for (const { like, member } of inOrder) {
    const last = runs.at(-1);
    if (last?.like === like) last.members.push(member);
    else runs.push({ like, members: [member] });
  }
  return runs;
}
