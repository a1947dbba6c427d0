import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { basename } from "node:path";
import { commandOf, isRunning, waitUntilGone } from "./process-table.ts";
import { StartupProblem } from "./startup-problem.ts";

const STOP_WITHIN_MS = 15_000;

export interface ServerProcess {
  readonly pid: number;
  /** Asks the server to stop and waits for it; kills it when it does not. */
  stop(): Promise<void>;
}

export interface ServerOptions {
  /** What a person calls it, for messages. */
  name: string;
  command: string;
  args: readonly string[];
  logFile: string;
  user?: { uid: number; gid: number };
  stopSignal: NodeJS.Signals;
  readyWithinMs: number;
  /** Asked again and again until it says true. */
  isReady: (pid: number) => Promise<boolean>;
}

/** Starts a server as a process of its own, with its output in a file, and returns when it is ready. */
export async function startServer(options: ServerOptions): Promise<ServerProcess> {
  const { name, command, args, logFile, user, stopSignal, readyWithinMs, isReady } = options;
  const log = openSync(logFile, "a", 0o600);
  // Detached: a Ctrl-C in the terminal goes to the launcher alone, which stops the servers last.
  const child = spawn(command, args, { ...user, detached: true, stdio: ["ignore", log, log] });
  closeSync(log);
  let ended: string | undefined;
  const exited = new Promise<void>((resolve) => {
    const settle = (how: string): void => {
      ended = how;
      resolve();
    };
    child.once("error", (error) => settle(error.message));
    child.once("exit", (code, signal) => settle(`exit ${code ?? signal}`));
  });
  const killWithParent = (): void => void child.kill(stopSignal);
  process.once("exit", killWithParent);

  const stop = async (): Promise<void> => {
    process.off("exit", killWithParent);
    if (ended !== undefined) return;
    child.kill(stopSignal);
    const force = setTimeout(() => child.kill("SIGKILL"), STOP_WITHIN_MS);
    await exited;
    clearTimeout(force);
  };

  const deadline = Date.now() + readyWithinMs;
  const hasEnded = (): boolean => ended !== undefined;
  while (!hasEnded() && Date.now() < deadline) {
    if (child.pid !== undefined && (await isReady(child.pid))) return { pid: child.pid, stop };
    await Promise.race([exited, new Promise((resolve) => setTimeout(resolve, 15))]);
  }
  const why = ended ?? `not ready after ${readyWithinMs / 1000} s`;
  await stop();
  throw new StartupProblem(`${name} did not start (${why}). ${lastWords(logFile)}`);
}

/** Ends a server that an earlier, killed process left running, and forgets its stale pid file. */
export async function endLeftover(pidFile: string, command: string, stopSignal: NodeJS.Signals): Promise<void> {
  const pid = readPid(pidFile);
  if (pid === undefined) return;
  if (isRunning(pid) && commandOf(pid).includes(basename(command))) {
    process.kill(pid, stopSignal);
    if (!(await waitUntilGone(pid, STOP_WITHIN_MS))) {
      throw new StartupProblem(
        `An earlier ${basename(command)} (process ${pid}) does not stop. End it with \`kill -9 ${pid}\` and start again.`,
      );
    }
  }
  await rm(pidFile, { force: true });
}

function readPid(pidFile: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(pidFile, "utf8"), 10);
    return pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function lastWords(logFile: string): string {
  const lines = readFileSync(logFile, "utf8").trim().split("\n").slice(-5);
  return `Its log ${logFile} ends with:\n${lines.join("\n")}`;
}
