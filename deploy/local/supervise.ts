import { setTimeout as pause } from "node:timers/promises";
import { endLeftover, type ServerProcess, startServer } from "@muster/backing/server-process";

export interface ProcessPlan {
  readonly name: string;
  /** A TypeScript file below `root`, and its arguments. */
  readonly script: string;
  readonly args?: readonly string[];
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  readonly logFile: string;
  readonly pidFile: string;
  readonly isReady: () => Promise<boolean>;
}

export interface SupervisedProcess {
  readonly name: string;
  readonly logFile: string;
  /** Undefined while it is down. */
  readonly pid: number | undefined;
  /** Sends a signal. After one that ends a process it stays down until `restart`; resolves when it is gone. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Starts it anew, stopping it first if it runs; resolves when it is ready. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 45_000;
const ENDING_SIGNALS: ReadonlySet<NodeJS.Signals> = new Set(["SIGKILL", "SIGTERM", "SIGINT", "SIGQUIT", "SIGABRT"]);

/** Restarts of a process that keeps dying: full jitter up to a doubling ceiling, and an end. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
const MOST_RESTARTS = 12;
/** A process that lived this long was well: the count begins anew. */
const WELL_AFTER_MS = 30_000;

/** What is kept running: how it is started, again and again. */
export interface KeptServer {
  readonly name: string;
  readonly logFile: string;
  readonly start: () => Promise<ServerProcess>;
}

/** Starts one of our programs, waits until it is ready, and from then on starts it again whenever it dies unasked. */
export async function supervise(plan: ProcessPlan, say: (line: string) => void): Promise<SupervisedProcess> {
  const { name, logFile, pidFile } = plan;
  await endLeftover(pidFile, plan.script, "SIGTERM");
  const start = () =>
    startServer({
      name,
      command: process.execPath,
      args: [`${plan.root}/${plan.script}`, ...(plan.args ?? [])],
      env: plan.env,
      logFile,
      pidFile,
      stopSignal: "SIGTERM",
      readyWithinMs: READY_WITHIN_MS,
      isReady: plan.isReady,
    });
  return keepRunning({ name, logFile, start }, say);
}

/** Starts a server, and from then on again whenever it dies unasked. */
export async function keepRunning(
  { name, logFile, start }: KeptServer,
  say: (line: string) => void,
): Promise<SupervisedProcess> {
  let current: ServerProcess | undefined;
  let wanted = true;
  let restarts = 0;
  let reviving: Promise<void> = Promise.resolve();
  let interrupt = new AbortController();

  const isWanted = (): boolean => wanted;

  const launch = async (): Promise<void> => {
    const started = await start();
    const readyAt = Date.now();
    current = started;
    void started.exited.then((how) => {
      current = undefined;
      if (!wanted) return;
      if (Date.now() - readyAt > WELL_AFTER_MS) restarts = 0;
      say(`${name} ended (${how}) and is started again; its log: ${logFile}`);
      reviving = revive();
    });
  };

  const revive = async (): Promise<void> => {
    const { signal } = interrupt;
    while (isWanted() && restarts < MOST_RESTARTS) {
      const ceiling = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** restarts);
      restarts += 1;
      await pause(Math.random() * ceiling, undefined, { signal }).catch(() => undefined);
      if (!isWanted()) return;
      try {
        await launch();
        return;
      } catch (error) {
        say((error as Error).message);
      }
    }
    if (isWanted())
      say(`${name} does not stay up and is left down after ${MOST_RESTARTS} restarts; its log: ${logFile}`);
  };

  /** Nothing is started from here on, and what was being started has come to its end. */
  const settle = async (): Promise<void> => {
    wanted = false;
    interrupt.abort();
    await reviving;
  };

  await launch();
  return {
    name,
    logFile,
    get pid() {
      return current?.pid;
    },
    kill: async (signal) => {
      if (!ENDING_SIGNALS.has(signal)) {
        current?.kill(signal);
        return;
      }
      wanted = false;
      current?.kill(signal);
      await current?.exited;
    },
    restart: async () => {
      await settle();
      await current?.stop();
      interrupt = new AbortController();
      restarts = 0;
      wanted = true;
      await launch();
    },
    stop: async () => {
      await settle();
      await current?.stop();
    },
  };
}
