import { existsSync } from "node:fs";
import type { Log } from "../log.ts";
import { isAlive, markOf } from "../state/process-mark.ts";
import { type Command, type CommandResult, INTERRUPTED } from "./command.ts";
import type { Journal } from "./journal.ts";
import type { Power } from "./power.ts";
import { runScript, type ScriptEnd, signalGroup } from "./run-script.ts";
import { type Verifier, verifyCommand } from "./verify-command.ts";

export interface ExecutorOptions {
  readonly journal: Journal;
  readonly power: Power;
  readonly scriptsFolder: string;
  /** Looked at whenever a script is about to run, and every second while one does. */
  readonly scriptsEnabled: () => boolean;
  /** Asks the server for its questions at once. */
  readonly refetch: () => void;
  /** Told of `running`, which is not journaled, and with nothing when the journal holds a new result. */
  readonly onResult: (running?: CommandResult) => void;
  readonly log: Log;
  readonly now: () => Date;
}

/** Runs commands one after the other, each at most once; only `cancel` overtakes. */
export interface Executor {
  /** Reports what an earlier life of the agent left unfinished and takes up what it had not begun. */
  recover(verifier: Verifier): Promise<void>;
  /** Takes what a check-in brought. `serverNow` decides what is expired, so that a wrong clock here does no harm. */
  receive(commands: readonly string[], verifier: Verifier, serverNow: Date): Promise<void>;
  /** Ends what runs, with its result in the journal. */
  stop(): Promise<void>;
}

const KILL_SWITCH_CHECK_MS = 1_000;

export function createExecutor(options: ExecutorOptions): Executor {
  const { journal, log, now, onResult } = options;
  const queue: Command[] = [];
  /** Received in this life of the agent and not ended yet. */
  const inHand = new Set<string>();
  let current: { readonly id: string; readonly abort: AbortController } | undefined;
  let working: Promise<void> = Promise.resolve();
  /** How far the server's clock is ahead of ours, as of the last check-in. */
  let aheadMs = 0;

  const end = async (
    command: Pick<Command, "id" | "notAfter">,
    result: Omit<CommandResult, "commandId" | "endedAt">,
  ) => {
    const full = { commandId: command.id, ...result, endedAt: now().toISOString() };
    await journal.append({ entry: "ended", id: command.id, notAfter: command.notAfter, result: full });
    inHand.delete(command.id);
    log.info("command ended", { command: command.id, state: result.state, reason: result.reason });
    onResult();
  };

  const cancel = async (command: Command & { type: "cancel" }) => {
    const { commandId } = command.params;
    const waiting = queue.findIndex(({ id }) => id === commandId);
    const [withdrawn] = waiting === -1 ? [] : queue.splice(waiting, 1);
    if (withdrawn !== undefined) await end(withdrawn, { state: "failed", reason: "cancelled" });
    else if (current?.id === commandId) current.abort.abort("cancelled");
    else return end(command, { state: "failed", reason: "not_running" });
    return end(command, { state: "succeeded" });
  };

  const run = async (command: Command) => {
    if (command.type === "run_script" && !options.scriptsEnabled()) {
      return end(command, { state: "refused", reason: "scripts_disabled" });
    }
    if (Date.parse(command.notAfter) <= now().getTime() + aheadMs) {
      return end(command, { state: "expired", reason: "not_after_passed" });
    }
    const startedAt = now().toISOString();
    await journal.append({ entry: "started", id: command.id, at: startedAt });
    log.info("command started", { command: command.id, type: command.type });
    onResult({ commandId: command.id, state: "running", startedAt });
    const abort = new AbortController();
    current = { id: command.id, abort };
    const result = await perform(command, abort, options).catch(
      (error: Error): Omit<CommandResult, "commandId"> => ({ state: "failed", reason: error.message }),
    );
    current = undefined;
    return end(command, { ...result, startedAt });
  };

  const work = async () => {
    let command = queue.shift();
    while (command !== undefined) {
      await run(command);
      command = queue.shift();
    }
  };

  const take = async (jws: string, verifier: Verifier, at: Date) => {
    const verified = await verifyCommand(jws, verifier, at);
    if (verified.kind === "foreign") {
      log.warn("command not believed", { reason: verified.reason });
    } else if (verified.kind === "refused") {
      const { commandId: id, notAfter, state, reason } = verified;
      if (claim(id)) await end({ id, notAfter }, { state, reason });
    } else if (claim(verified.command.id)) {
      const { command } = verified;
      if (journal.find(command.id) === undefined) {
        await journal.append({ entry: "received", id: command.id, jws, notAfter: command.notAfter });
      }
      if (command.type === "cancel") await cancel(command);
      else queue.push(command);
    }
  };

  /** Takes a command in hand, unless it is or was already. No wait may stand between the question and the answer. */
  const claim = (id: string) => {
    const state = journal.find(id)?.state;
    if (inHand.has(id) || (state !== undefined && state !== "received")) return false;
    inHand.add(id);
    return true;
  };

  const start = () => {
    working = working.then(work).catch((error: unknown) => log.error("command could not be journaled", { error }));
  };

  return {
    async recover(verifier) {
      for (const [id, recorded] of journal.all()) {
        if (recorded.state === "started") {
          if (recorded.group !== undefined && isAlive(recorded.group)) signalGroup(recorded.group.pid, "SIGKILL");
          await end(
            { id, notAfter: recorded.notAfter },
            { state: "failed", reason: INTERRUPTED, startedAt: recorded.at },
          );
        }
        if (recorded.state === "received") await take(recorded.jws, verifier, now());
      }
      start();
    },
    async receive(commands, verifier, serverNow) {
      aheadMs = serverNow.getTime() - now().getTime();
      for (const jws of commands) await take(jws, verifier, serverNow);
      start();
    },
    async stop() {
      // What has not begun stays in the journal for the next start.
      queue.length = 0;
      current?.abort.abort(INTERRUPTED);
      await working;
    },
  };
}

type Outcome = Omit<CommandResult, "commandId" | "endedAt">;

async function perform(command: Command, abort: AbortController, options: ExecutorOptions): Promise<Outcome> {
  switch (command.type) {
    case "run_script": {
      const check = setInterval(() => {
        if (!options.scriptsEnabled()) abort.abort("scripts_disabled");
      }, KILL_SWITCH_CHECK_MS);
      try {
        return outcomeOf(
          await runScript({
            params: command.params,
            folder: options.scriptsFolder,
            name: `script-${Buffer.from(command.id).toString("base64url").slice(0, 100)}`,
            signal: abort.signal,
            onStarted: async (pid) => {
              const group = markOf(pid);
              if (group !== undefined) await options.journal.append({ entry: "running", id: command.id, group });
            },
          }),
        );
      } finally {
        clearInterval(check);
      }
    }
    case "refetch":
      options.refetch();
      return { state: "succeeded" };
    case "restart":
      await options.power.restart();
      return { state: "succeeded" };
    case "shutdown":
      await options.power.shutdown();
      return { state: "succeeded" };
    case "cancel":
      throw new Error("cancel is not queued");
    default:
      return command satisfies never;
  }
}

function outcomeOf({ exitCode, reason, output, outputTruncated }: ScriptEnd): Outcome {
  return {
    state: reason === undefined ? "succeeded" : "failed",
    ...(reason === undefined ? {} : { reason }),
    ...(exitCode === undefined ? {} : { exitCode }),
    output,
    outputTruncated,
  };
}

/** The kill switch: a flag at start, or a file that whoever owns the machine creates. */
export const scriptsSwitch = (allowed: boolean, disabledFile: string) => (): boolean =>
  allowed && !existsSync(disabledFile);
