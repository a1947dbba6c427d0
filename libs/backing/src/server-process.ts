import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { commandOf, isRunning, waitUntilGone } from "./process-table.ts";
import { StartupProblem } from "./startup-problem.ts";

const STOP_WITHIN_MS = 15_000;

export interface ServerProcess {
  readonly pid: number;
  /** Says how it ended, such as "exit 1" or "exit SIGKILL". */
  readonly exited: Promise<string>;
  kill(signal: NodeJS.Signals): void;
  /** Asks the server to stop and waits for it; kills it when it does not. */
  stop(): Promise<void>;
}

export interface ServerOptions {
  /** What a person calls it, for messages. */
  name: string;
  command: string;
  args: readonly string[];
  env?: NodeJS.ProcessEnv;
  logFile: string;
  /** Where to leave its process id for `endLeftover`, for a server that writes none itself. */
  pidFile?: string;
  user?: { uid: number; gid: number };
  stopSignal: NodeJS.Signals;
  readyWithinMs: number;
  /** Asked again and again until it says true. */
  isReady: (pid: number) => Promise<boolean>;
}

/** Starts a server as a process of its own, with its output in a file, and returns when it is ready. */
export async function startServer(options: ServerOptions): Promise<ServerProcess> {
  const { name, command, args, env, logFile, pidFile, user, stopSignal, readyWithinMs, isReady } = options;
  const log = openSync(logFile, "a", 0o600);
  // Detached: a Ctrl-C in the terminal goes to the launcher alone, which stops the servers last.
  const child = spawn(command, args, { ...user, ...(env && { env }), detached: true, stdio: ["ignore", log, log] });
  closeSync(log);
  if (pidFile !== undefined && child.pid !== undefined) writeFileSync(pidFile, String(child.pid), { mode: 0o600 });
  const killWithParent = (): void => void child.kill(stopSignal);
  // One listener a server: a launcher has more of them than Node takes for a leak.
  process.setMaxListeners(process.getMaxListeners() + 1);
  process.once("exit", killWithParent);
  let ended: string | undefined;
  const exited = new Promise<string>((resolve) => {
    const settle = (how: string): void => {
      ended = how;
      process.off("exit", killWithParent);
      process.setMaxListeners(process.getMaxListeners() - 1);
      resolve(how);
    };
    child.once("error", (error) => settle(error.message));
    child.once("exit", (code, signal) => settle(`exit ${code ?? signal}`));
  });
  const stop = async (): Promise<void> => {
    if (ended !== undefined) return;
    child.kill(stopSignal);
    const force = setTimeout(() => child.kill("SIGKILL"), STOP_WITHIN_MS);
    await exited;
    clearTimeout(force);
  };

  const startedAt = Date.now();
  const deadline = startedAt + readyWithinMs;
  const hasEnded = (): boolean => ended !== undefined;
  while (!hasEnded() && Date.now() < deadline) {
    if (child.pid !== undefined && (await isReady(child.pid))) {
      return { pid: child.pid, exited, kill: (signal) => void child.kill(signal), stop };
    }
    // Each question costs the time of what starts: the longer that takes, the fewer there are.
    const pauseMs = Math.max(15, (Date.now() - startedAt) / 20);
    await Promise.race([exited, new Promise((resolve) => setTimeout(resolve, pauseMs))]);
  }
  const why = ended ?? `not ready after ${readyWithinMs / 1000} s`;
  await stop();
  throw new StartupProblem(`${name} did not start (${why}). ${lastWords(logFile)}`);
}

/**
 * Ends a server that an earlier, killed process left running, and forgets its stale pid file. `program` must occur in
 * its command line: the id may belong to somebody else by now.
 */
export async function endLeftover(pidFile: string, program: string, stopSignal: NodeJS.Signals): Promise<void> {
  const pid = readPid(pidFile);
  if (pid === undefined) return;
  if (isRunning(pid) && commandOf(pid).includes(program)) {
    process.kill(pid, stopSignal);
    if (!(await waitUntilGone(pid, STOP_WITHIN_MS))) {
      throw new StartupProblem(
        `An earlier ${program} (process ${pid}) does not stop. End it with \`kill -9 ${pid}\` and start again.`,
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
