import type { Command } from "./signed-command.ts";

export interface CommandResult {
  readonly commandId: string;
  readonly state: "running" | "succeeded" | "failed" | "refused" | "expired";
  readonly reason?: string;
  readonly exitCode?: number;
  readonly output?: string;
  readonly outputTruncated?: boolean;
  readonly startedAt?: string;
  readonly endedAt?: string;
}

/** Pretends to run a script: what it prints and how it ends. */
export type PretendScript = (content: string) => { readonly output: string; readonly exitCode: number };

export const echoScript: PretendScript = (content) => ({ output: `ran ${content.length} characters\n`, exitCode: 0 });

/** One line of the ledger of commands, in the order they came. */
export interface CommandEntry {
  readonly command: Command;
  readonly result: CommandResult;
  /** How often the server handed the command out. */
  deliveries: number;
  /** Whether the server said it has the result. */
  accepted: boolean;
}

/** Runs each command once, however often it is delivered, and keeps results until they are accepted. */
export class CommandRunner {
  readonly #deviceId: string;
  readonly #script: PretendScript;
  readonly #now: () => Date;
  readonly #entries = new Map<string, CommandEntry>();

  constructor(deviceId: string, script: PretendScript, now: () => Date) {
    this.#deviceId = deviceId;
    this.#script = script;
    this.#now = now;
  }

  ledger(): readonly CommandEntry[] {
    return [...this.#entries.values()];
  }

  take(command: Command): void {
    const known = this.#entries.get(command.id);
    if (known === undefined) {
      this.#entries.set(command.id, { command, result: this.#run(command), deliveries: 1, accepted: false });
      return;
    }
    known.deliveries += 1;
    // It came again, so the server does not have the result after all.
    known.accepted = false;
  }

  unaccepted(): readonly CommandResult[] {
    return this.ledger()
      .filter(({ accepted }) => !accepted)
      .map(({ result }) => result);
  }

  accepted(ids: readonly string[]): void {
    for (const id of ids) {
      const entry = this.#entries.get(id);
      if (entry !== undefined) entry.accepted = true;
    }
  }

  #run({ id, deviceId, type, params, notAfter }: Command): CommandResult {
    const startedAt = this.#now().toISOString();
    if (deviceId !== this.#deviceId) return { commandId: id, state: "refused", reason: "wrong_device" };
    if (Date.parse(notAfter) < this.#now().getTime()) return { commandId: id, state: "expired" };
    if (type !== "run_script") return { commandId: id, state: "succeeded", startedAt, endedAt: startedAt };
    const { output, exitCode } = this.#script(String(params["content"]));
    const most = Number(params["maxOutputBytes"] ?? 1_048_576);
    return {
      commandId: id,
      state: exitCode === 0 ? "succeeded" : "failed",
      exitCode,
      output: output.slice(0, most),
      outputTruncated: output.length > most,
      startedAt,
      endedAt: this.#now().toISOString(),
    };
  }
}
