import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { ScriptParams } from "./command.ts";
import { createOutputTail } from "./output-tail.ts";

export interface ScriptEnd {
  /** Undefined if a signal ended the script or it could not be started. */
  readonly exitCode?: number;
  /** Why it did not end by itself with 0. */
  readonly reason?: string;
  readonly output: string;
  readonly outputTruncated: boolean;
}

export interface ScriptOptions {
  readonly params: ScriptParams;
  /** Private to the agent; the script lies here while it runs. */
  readonly folder: string;
  readonly name: string;
  /** Ends the script; the abort reason becomes the result's. */
  readonly signal: AbortSignal;
  /** Told the process group; the script begins when this resolves. */
  readonly onStarted: (pid: number) => Promise<void>;
}

/** Between asking the script's processes to end and ending them. */
const GRACE_MS = 2_000;
/** A script may leave something running that holds its output open; that long it is listened to. */
const LISTEN_AFTER_EXIT_MS = 500;

/**
 * Begins the script when it is told to. If the agent dies before it has written down which process this is, there is
 * nobody to tell it, and it ends with nothing done.
 */
const STARTER = 'read -r _ && exec "$@" </dev/null';

/** Runs a script in a process group of its own. Timeout and cancellation end the whole group. */
export async function runScript({ params, folder, name, signal, onStarted }: ScriptOptions): Promise<ScriptEnd> {
  const path = join(folder, name);
  await writeFile(path, params.content, { mode: 0o600, flag: "wx" });
  const tail = createOutputTail(params.maxOutputBytes);
  try {
    const child = spawn("/bin/sh", ["-c", STARTER, "sh", ...interpreterOf(params), path], {
      cwd: "/",
      detached: true,
      stdio: "pipe",
      env: { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", HOME: homedir(), LANG: "C.UTF-8" },
    });
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => tail.add(chunk));
    const end = await endOf(child, params.timeoutSec * 1000, signal, onStarted);
    return { ...end, output: tail.text(), outputTruncated: tail.truncated() };
  } finally {
    await rm(path, { force: true });
  }
}

async function endOf(
  child: ChildProcess,
  timeoutMs: number,
  signal: AbortSignal,
  onStarted: (pid: number) => Promise<void>,
): Promise<{ exitCode?: number; reason?: string }> {
  const exited = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
  const closed = once(child, "close");
  // Both reject if the program cannot be started; only the first is looked at.
  closed.catch(() => undefined);
  let killedFor: string | undefined;
  let grace: NodeJS.Timeout | undefined;
  const kill = (reason: string) => {
    killedFor ??= reason;
    signalGroup(child.pid, "SIGTERM");
    grace = setTimeout(() => signalGroup(child.pid, "SIGKILL"), GRACE_MS);
  };
  const cancel = () => kill(String(signal.reason));
  const timer = setTimeout(() => kill("timeout"), timeoutMs);
  signal.addEventListener("abort", cancel);
  if (signal.aborted) cancel();
  try {
    if (child.pid !== undefined) await onStarted(child.pid);
    // A script that was cancelled meanwhile no longer reads.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end("go\n");
    const [exitCode, exitSignal] = await exited;
    // Whatever of the group ignored the request goes with its leader.
    if (killedFor !== undefined) signalGroup(child.pid, "SIGKILL");
    await settledWithin(closed, LISTEN_AFTER_EXIT_MS);
    child.stdout?.destroy();
    child.stderr?.destroy();
    if (killedFor !== undefined) return { reason: killedFor };
    if (exitSignal !== null) return { reason: `signal ${exitSignal}` };
    return exitCode === 0 ? { exitCode: 0 } : { exitCode: exitCode ?? -1, reason: "exit_code" };
  } catch (error) {
    return { reason: `cannot_start: ${(error as Error).message}` };
  } finally {
    clearTimeout(timer);
    clearTimeout(grace);
    signal.removeEventListener("abort", cancel);
  }
}

/** Sends to every process of the group that `leader` began; none left is no error. */
export function signalGroup(leader: number | undefined, name: NodeJS.Signals): void {
  try {
    if (leader !== undefined) process.kill(-leader, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function interpreterOf({ interpreter, content }: ScriptParams): readonly string[] {
  if (interpreter !== undefined && interpreter !== "") return [interpreter];
  // execve(2): everything after the program is one argument.
  const shebang = /^#!\s*(\S+)(?:[ \t]+(.*\S))?/.exec(content.split("\n", 1)[0] ?? "");
  if (shebang?.[1] === undefined) return ["/bin/sh"];
  return shebang[2] === undefined ? [shebang[1]] : [shebang[1], shebang[2]];
}

async function settledWithin(promise: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([promise, late]);
  clearTimeout(timer);
}
