import { type Command, type CommandState, hasEnded } from "./command.ts";
import type { Input, Report } from "./decide.ts";
import { type DeviceKey, keyOf } from "./device-key.ts";
import { advance, type Step } from "./evolve.ts";

/** What a device says about one command. */
export interface DeviceReport {
  readonly commandId: string;
  /** Nothing when what it said cannot be understood. */
  readonly report: Report | undefined;
}

/** Why a result changed nothing. */
export type StrayKind = "repeated" | "late" | "foreign" | "unreadable" | "stranger";

export interface Stray<I extends DeviceKey> {
  readonly identity: I;
  readonly said: DeviceReport;
  readonly kind: StrayKind;
}

interface Said<I extends DeviceKey> {
  readonly identity: I;
  readonly reports: readonly DeviceReport[];
}

/** What follows from what devices say of these commands; what is late, repeated or foreign changes nothing. */
export function hearAll<I extends DeviceKey>(
  known: readonly Command[],
  deliveries: readonly Said<I>[],
  now: Date,
): { readonly steps: readonly Step[]; readonly strays: readonly Stray<I>[] } {
  const commands = new Commands(known);
  const steps: Step[] = [];
  const strays: Stray<I>[] = [];
  for (const { identity, reports } of deliveries) {
    // What became of a command is heard before what became of its withdrawal: the latter only fills a silence.
    for (const said of reports.toSorted(
      (a, b) => Number(commands.isWithdrawal(identity, a)) - Number(commands.isWithdrawal(identity, b)),
    )) {
      const kind = hear(commands, identity, said, now, steps);
      if (kind !== undefined) strays.push({ identity, said, kind });
    }
  }
  return { steps, strays };
}

/** Applies one report; says what kind of stray it is when it changes nothing that it should. */
function hear(
  commands: Commands,
  device: DeviceKey,
  said: DeviceReport,
  now: Date,
  steps: Step[],
): StrayKind | undefined {
  const found = commands.find(device, said);
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

  isWithdrawal(device: DeviceKey, { commandId }: DeviceReport): boolean {
    return this.#withdrawals.has(`${keyOf(device)}/${commandId.toLowerCase()}`);
  }

  find(
    device: DeviceKey,
    { commandId }: DeviceReport,
  ): { command: Command; inputOf: (report: Report) => Input } | undefined {
    const id = commandId.toLowerCase();
    const own = this.#byId.get(`${keyOf(device)}/${id}`);
    if (own !== undefined) return { command: own, inputOf: (report) => ({ kind: "report", report }) };
    const withdrawn = this.#byId.get(`${keyOf(device)}/${this.#withdrawals.get(`${keyOf(device)}/${id}`)}`);
    return withdrawn === undefined
      ? undefined
      : { command: withdrawn, inputOf: ({ state }) => ({ kind: "withdrawal_report", state }) };
  }
}
