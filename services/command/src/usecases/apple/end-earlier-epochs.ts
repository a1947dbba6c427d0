import { newIds } from "@muster/postgres/new-ids";
import { Uuids } from "@muster/postgres/uuids";
import type { Command } from "../../domain/command.ts";
import { UNENROLLED } from "../../domain/decide.ts";
import { keyOf } from "../../domain/device-key.ts";
import type { Step } from "../../domain/evolve.ts";
import { type AlikeCommands, cancelEarlierEpochs } from "../../storage/apple-commands.ts";
import { waitForAskers } from "../../storage/device-kinds.ts";
import { takeEndedEpochs } from "../../storage/ended-epochs.ts";
import { commandMessage } from "../command-message.ts";
import { traceOfCommand } from "../note-step.ts";
import type { CommandWork, Database } from "../ports.ts";
import { byPlatform, tellEach } from "../record-steps.ts";
import { followSteps } from "../vpp/follow-steps.ts";

/** Each may have a thousand commands open. */
const DEVICES_AT_ONCE = 50;

/** Cancels what devices had open from before they enrolled anew, and tells of each command. */
export const endEarlierEpochs =
  ({ database, now }: { readonly database: Database; readonly now: () => Date }) =>
  async (): Promise<void> => {
    const endSome = (): Promise<number> =>
      database.system(async (work) => {
        const begun = await takeEndedEpochs(work.sql, DEVICES_AT_ONCE);
        await waitForAskers(
          work.sql,
          begun.map(({ tenant }) => tenant),
        );
        const cancelled = await cancelEarlierEpochs(work.sql, begun, UNENROLLED.result, now());
        await followSteps(work, cancelled.flatMap(stepsOf));
        for (const run of runsOf(cancelled)) tellCancelled(work, run);
        return begun.length;
      });
    while ((await endSome()) === DEVICES_AT_ONCE);
  };

/** More are told by one statement that writes what they share once. */
const TOLD_ALONE = 50;

function tellCancelled(work: CommandWork, run: AlikeCommands): void {
  if (run.members.length <= TOLD_ALONE) return tellEach(work, stepsOf(run), byPlatform);
  const [id = "", deviceId = ""] = newIds(2);
  const devices = run.members.map(() => run.like.deviceId);
  work.emitAlike({
    type: "muster.command.v1.CommandCancelled",
    tenant: run.like.tenant,
    actor: "",
    trace: traceOfCommand(run.like),
    deviceIds: Uuids.of(devices),
    data: { command: commandMessage({ ...run.like, id, deviceId }) },
    places: { [id]: Uuids.of(run.members.map((member) => member.id)), [deviceId]: Uuids.of(devices) },
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
