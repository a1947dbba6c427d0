import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TestServer } from "./test-server.ts";

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));

/** The real agent in a process of its own, on a state folder of its own. */
export interface AgentProcess {
  readonly child: ChildProcess;
  /** Everything it logged. */
  log(): string;
  /** Resolves with its exit code, or the signal that ended it. */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null>;
}

export async function temporaryFolder(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "muster-agent-test-"));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

export async function startAgent(
  server: TestServer,
  state: string,
  extra: readonly string[] = [],
): Promise<AgentProcess> {
  const ca = join(state, "..", `${state.split("/").at(-1)}-ca.pem`);
  await writeFile(ca, server.caPem);
  const args = [MAIN, "--server", server.url, "--ca", ca, "--state", state, "--token", server.token, ...extra];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    log += chunk;
  });
  return {
    child,
    log: () => log,
    async end(signal) {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode ?? child.signalCode;
      const ended = once(child, "exit");
      child.kill(signal);
      const [code, name] = (await ended) as [number | null, NodeJS.Signals | null];
      await rm(ca, { force: true });
      return code ?? name;
    },
  };
}

/** One command of the agent beside the one that runs, until it ends. */
export async function runAgent(
  server: TestServer,
  state: string,
  command: string,
): Promise<{ readonly code: number | null; readonly output: string }> {
  const ca = `${state}-${command}-ca.pem`;
  await writeFile(ca, server.caPem);
  const args = [MAIN, command, "--server", server.url, "--ca", ca, "--state", state];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    output += chunk;
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { code, output };
}

/** A machine that is busy with other tests runs the agent slowly. */
const WITHIN_MS = 60_000;

/** The first event of that name whose value `accepts` agrees to. */
export function eventually<T>(
  server: TestServer,
  name: string,
  accepts: (value: T) => boolean = () => true,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ${name} within ${WITHIN_MS / 1_000} s`)), WITHIN_MS);
    const listen = (value: T) => {
      if (!accepts(value)) return;
      clearTimeout(timer);
      server.events.off(name, listen);
      resolve(value);
    };
    server.events.on(name, listen);
  });
}
