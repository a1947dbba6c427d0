import type { Logger } from "@muster/host/logging";
import { Refusal } from "@muster/host/refusal";
import { type Command, hasEnded } from "../../domain/command.ts";
import { because, type Report } from "../../domain/decide.ts";
import { keyOf } from "../../domain/device-key.ts";
import { advance } from "../../domain/evolve.ts";
import { lockByIds } from "../../storage/commands.ts";
import { lockUnenrollments } from "../../storage/unenrollments.ts";
import type { Announcer } from "../ports.ts";
import { byPlatform, recordSteps } from "../record-steps.ts";
import type { UnenrollDeps } from "./unenroll-device.ts";

interface CarryOutDeps extends Pick<UnenrollDeps, "database" | "now"> {
  readonly announcer: Announcer;
  readonly enrollment: Pick<UnenrollDeps["enrollment"], "unenroll">;
  readonly log: Logger;
}

/** So many at the same time. */
const AT_ONCE = 20;

/**
 * Has enrollment end the management of the devices whose commands say so. A command is taken over for a while, as an agent
 * takes one: what a replica that dies had taken is asked again, and enrollment minds no repetition.
 */
export const carryOutUnenrollments = (deps: CarryOutDeps) => async (): Promise<void> => {
  for (let taken = await takeOver(deps); taken.length > 0; taken = await takeOver(deps)) {
    const reports = await Promise.all(taken.map((command) => unenroll(command, deps)));
    await record(
      taken.flatMap((command, place) => {
        const report = reports[place];
        return report === undefined ? [] : [{ command, report }];
      }),
      deps,
    );
  }
};

async function takeOver({ announcer, database, now }: CarryOutDeps): Promise<readonly Command[]> {
  const steps = await database.system(async (work) => {
    const at = now();
    const steps = (await lockUnenrollments(work.sql, at, AT_ONCE)).flatMap((command) =>
      // What was withdrawn once it had been taken, and came to nothing, is over.
      command.withdrawal === undefined
        ? advance(command, { kind: "hand_out", over: "enrollment", personal: false }, at).steps
        : advance(command, { kind: "withdrawal_report", state: "failed" }, at).steps,
    );
    await recordSteps(work, steps, byPlatform);
    return steps;
  });
  const commands = steps.map(({ after }) => after);
  announcer.changed(commands);
  return commands.filter((command) => !hasEnded(command));
}

/** @returns what came of it; nothing when that is not known, and it is asked again later. */
async function unenroll(command: Command, { enrollment, log }: CarryOutDeps): Promise<Report | undefined> {
  const { createdBy, deviceId, id, reason, tenant } = command;
  try {
    await enrollment.unenroll({ deviceId, reason }, { tenant, actor: createdBy });
    return { state: "succeeded", result: because("") };
  } catch (error) {
    if (error instanceof Refusal && error.kind !== "unavailable" && error.kind !== "too_many")
      return { state: "failed", result: because(error.code) };
    log.warn({ err: error, tenant, device: deviceId, command: id }, "device could not be unenrolled yet");
    return undefined;
  }
}

interface Reported {
  readonly command: Command;
  readonly report: Report;
}

async function record(reported: readonly Reported[], { announcer, database, now }: CarryOutDeps): Promise<void> {
  if (reported.length === 0) return;
  const reports = new Map(reported.map(({ command, report }) => [`${keyOf(command)}/${command.id}`, report]));
  const steps = await database.system(async (work) => {
    const commands = await lockByIds(
      work.sql,
      reported.map(({ command }) => command),
    );
    const steps = commands.flatMap((command) => {
      const report = reports.get(`${keyOf(command)}/${command.id}`);
      return report === undefined ? [] : advance(command, { kind: "report", report }, now()).steps;
    });
    await recordSteps(work, steps, byPlatform);
    return steps;
  });
  announcer.changed(steps.map(({ after }) => after));
}
