import { type Command, hasEnded } from "./command.ts";
import { advance, type Step } from "./evolve.ts";

/** One command for the agent: the command itself, or the withdrawal of one it has. */
export interface Offered {
  readonly command: Command;
  readonly what: "command" | "withdrawal";
}

/** How much script text one answer carries at most, beyond its first command. */
const ANSWER_BYTES = 1024 * 1024;

/** What one agent is handed of its deliverable commands, oldest first, and what that does to them. */
export function offer(
  commands: readonly Command[],
  personal: boolean,
  now: Date,
): { readonly handed: readonly Offered[]; readonly steps: readonly Step[] } {
  const handed: Offered[] = [];
  const steps: Step[] = [];
  let bytes = 0;
  for (const command of commands) {
    const what = command.withdrawal === undefined ? "command" : "withdrawal";
    bytes += what === "command" ? (command.script?.bodyBytes ?? 0) : 0;
    if (handed.length > 0 && bytes > ANSWER_BYTES) break;
    const { after, steps: taken } =
      what === "command"
        ? advance(command, { kind: "hand_out", over: "agent", personal }, now)
        : advance(command, { kind: "hand_out_withdrawal" }, now);
    steps.push(...taken);
    if (taken.length > 0 && !hasEnded(after)) handed.push({ command: after, what });
  }
  return { handed, steps };
}
