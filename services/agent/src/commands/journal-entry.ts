import type { ProcessMark } from "../state/process-mark.ts";
import type { CommandResult } from "./command.ts";

/** A line of the journal. */
export type JournalEntry =
  | { readonly entry: "received"; readonly id: string; readonly jws: string; readonly notAfter: string }
  | { readonly entry: "started"; readonly id: string; readonly at: string }
  /** The process group a script runs in, so that it can be ended after the agent itself was killed. */
  | { readonly entry: "running"; readonly id: string; readonly group: ProcessMark }
  | { readonly entry: "ended"; readonly id: string; readonly notAfter: string; readonly result: CommandResult }
  | { readonly entry: "accepted"; readonly id: string; readonly notAfter: string };

/** What the journal says of one command. */
export type Recorded =
  | { readonly state: "received"; readonly jws: string; readonly notAfter: string }
  | { readonly state: "started"; readonly at: string; readonly notAfter: string; readonly group?: ProcessMark }
  | { readonly state: "ended"; readonly notAfter: string; readonly result: CommandResult }
  | { readonly state: "accepted"; readonly notAfter: string };

/** What is known of a command after one more line. */
export function advance(recorded: Recorded | undefined, line: JournalEntry): Recorded | undefined {
  switch (line.entry) {
    case "received":
      return recorded ?? { state: "received", jws: line.jws, notAfter: line.notAfter };
    case "started":
      return { state: "started", at: line.at, notAfter: recorded?.notAfter ?? "" };
    case "running":
      return recorded?.state === "started" ? { ...recorded, group: line.group } : recorded;
    case "ended":
      return { state: "ended", notAfter: line.notAfter, result: line.result };
    case "accepted":
      return { state: "accepted", notAfter: line.notAfter };
    default:
      return line satisfies never;
  }
}

/** The lines that say the same as all before them. */
export function linesOf(id: string, recorded: Recorded): readonly JournalEntry[] {
  const { notAfter } = recorded;
  switch (recorded.state) {
    case "received":
      return [{ entry: "received", id, jws: recorded.jws, notAfter }];
    case "started":
      return [
        // The command itself is of no more use: it will not be run again.
        { entry: "received", id, jws: "", notAfter },
        { entry: "started", id, at: recorded.at },
        ...(recorded.group === undefined ? [] : [{ entry: "running", id, group: recorded.group } as const]),
      ];
    case "ended":
      return [{ entry: "ended", id, notAfter, result: recorded.result }];
    case "accepted":
      return [{ entry: "accepted", id, notAfter }];
    default:
      return recorded satisfies never;
  }
}
