import type { DeviceIdentity } from "@muster/device-identity/identity";
import type { TraceCarrier } from "@muster/host/telemetry";
import { validate as isUuid } from "uuid";
import { isCurrent } from "../domain/channel.ts";
import { type Command, type CommandState, hasEnded } from "../domain/command.ts";
import type { Input, Report } from "../domain/decide.ts";
import { advance, type Step } from "../domain/evolve.ts";
import { findChannels, keyOf } from "../storage/channels.ts";
import { type CommandKey, lockByIds } from "../storage/commands.ts";
import { noteStrays, type StrayKind, type StrayResult } from "../storage/stray-results.ts";
import type { HandOutDeps } from "./hand-out.ts";
import type { CommandWork } from "./ports.ts";
import { byDevice, recordSteps } from "./record-steps.ts";

/** What a device says about one command. */
export interface DeviceReport {
  readonly commandId: string;
  /** Nothing when what it said cannot be understood. */
  readonly report: Report | undefined;
}

export interface Delivery {
  readonly identity: DeviceIdentity;
  readonly reports: readonly DeviceReport[];
  /** The place of the request in its trace. */
  readonly trace: TraceCarrier;
}

/** Whether the device was believed; if it was, everything it said is kept and need not be said again. */
export type ResultsOutcome = { readonly refused: boolean };

/** Takes what many devices say about their commands. What is late, repeated or foreign is noted and changes nothing. */
export const takeResults =
  ({ database, announcer, now }: HandOutDeps) =>
  async (deliveries: readonly Delivery[]): Promise<ResultsOutcome[]> => {
    const { outcomes, steps } = await database.system((work) => take(work, deliveries, now()));
    if (steps.length > 0) announcer.changed(steps.map(({ after }) => after));
    return outcomes;
  };

async function take(work: CommandWork, deliveries: readonly Delivery[], now: Date) {
  const channels = await findChannels(
    work.sql,
    deliveries.map(({ identity }) => identity),
  );
  const believed = deliveries.filter(({ identity }) => isCurrent(identity, channels.get(keyOf(identity))));
  const keys = believed.flatMap(({ identity: { tenant, deviceId }, reports }) =>
    reports
      .filter(({ commandId }) => isUuid(commandId))
      .map(({ commandId }): CommandKey => ({ tenant, deviceId, id: commandId.toLowerCase() })),
  );
  const commands = new Commands(keys.length === 0 ? [] : await lockByIds(work.sql, keys));
  const steps: Step[] = [];
  const strays: StrayResult[] = [];
  for (const { identity, reports } of believed) {
    // What became of a command is heard before what became of its withdrawal: the latter only fills a silence.
    for (const said of reports.toSorted(
      (a, b) => Number(commands.isWithdrawal(identity, a)) - Number(commands.isWithdrawal(identity, b)),
    )) {
      const stray = hear(commands, identity, said, now, steps);
      if (stray === undefined) continue;
      const { tenant, deviceId } = identity;
      strays.push({
        tenant,
        deviceId,
        commandId: printable(said.commandId),
        kind: stray,
        state: said.report?.state ?? "",
      });
    }
  }
  const requests = new Map(deliveries.map(({ identity, trace }) => [keyOf(identity), trace]));
  await recordSteps(work, steps, byDevice(requests, now));
  await noteStrays(work.sql, strays, now);
  return { outcomes: deliveries.map((delivery) => ({ refused: !believed.includes(delivery) })), steps };
}

/** Applies one report; says what kind of stray it is when it changes nothing that it should. */
function hear(
  commands: Commands,
  identity: DeviceIdentity,
  said: DeviceReport,
  now: Date,
  steps: Step[],
): StrayKind | undefined {
  const found = commands.find(identity, said);
  if (found === undefined) return "foreign";
  if (said.report === undefined) return "unreadable";
  const { command, inputOf } = found;
  const input = inputOf(said.report);
  const { after, steps: taken } = advance(command, input, now);
  commands.put(after);
  steps.push(...taken);
  // A withdrawal mostly has nothing to add to what the command itself ended with.
  if (taken.length > 0 || input.kind === "withdrawal_report") return undefined;
  if (command.state === "queued") return "foreign";
  return hasEnded(command) && !says(said.report, command) ? "late" : "repeated";
}

/** Whether the report says what is already known. */
const says = ({ state }: Report, command: Command): boolean => KNOWN_BY[state].includes(command.state);

const KNOWN_BY: Readonly<Record<Report["state"], readonly CommandState[]>> = {
  running: [],
  succeeded: ["acknowledged"],
  failed: ["failed", "cancelled"],
  refused: ["failed"],
  expired: ["expired"],
};

const printable = (id: string): string => id.replaceAll("\0", "\uFFFD").slice(0, 100);

/** The commands that a batch speaks of, as they are after each report. */
class Commands {
  readonly #byId = new Map<string, Command>();
  readonly #withdrawals = new Map<string, string>();

  constructor(commands: readonly Command[]) {
    for (const command of commands) {
      this.put(command);
      if (command.withdrawal !== undefined)
        this.#withdrawals.set(`${keyOf(command)}/${command.withdrawal.id}`, command.id);
    }
  }

  put(command: Command): void {
    this.#byId.set(`${keyOf(command)}/${command.id}`, command);
  }

  isWithdrawal(identity: DeviceIdentity, { commandId }: DeviceReport): boolean {
    return this.#withdrawals.has(`${keyOf(identity)}/${commandId.toLowerCase()}`);
  }

  find(
    identity: DeviceIdentity,
    { commandId }: DeviceReport,
  ): { command: Command; inputOf: (report: Report) => Input } | undefined {
    const id = commandId.toLowerCase();
    const own = this.#byId.get(`${keyOf(identity)}/${id}`);
    if (own !== undefined) return { command: own, inputOf: (report) => ({ kind: "report", report }) };
    const withdrawn = this.#byId.get(`${keyOf(identity)}/${this.#withdrawals.get(`${keyOf(identity)}/${id}`)}`);
    return withdrawn === undefined
      ? undefined
      : { command: withdrawn, inputOf: ({ state }) => ({ kind: "withdrawal_report", state }) };
  }
}
