import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { type Container, docker, logsOf, originOf } from "./engine.ts";

const READY_WITHIN_MS = 120_000;
/** What an emulated processor takes longer, with room for a busy machine. */
const EMULATED_READY_WITHIN_MS = 900_000;
/** The chart's terminationGracePeriodSeconds. */
const STOP_WITHIN_S = 60;

/** From `docker run` to the first time that it calls itself ready, in ms. */
export async function startUntilReady(
  container: Container,
  runArguments: readonly string[],
  emulated: boolean,
): Promise<number> {
  const withinMs = emulated ? EMULATED_READY_WITHIN_MS : READY_WITHIN_MS;
  const startedAt = performance.now();
  await docker("run", "--detach", ...runArguments);
  const readyz = new URL("/readyz", await originOf(container, 9090));
  for (;;) {
    const ready = await fetch(readyz, { signal: AbortSignal.timeout(2_000) }).then(
      async (response) => {
        await response.body?.cancel();
        return response.ok;
      },
      () => false,
    );
    const tookMs = performance.now() - startedAt;
    if (ready) return tookMs;
    if (tookMs > withinMs || !(await isRunning(container))) {
      throw new Error(`${container.name} did not become ready:\n${(await logsOf(container)).slice(-20).join("\n")}`);
    }
    await pause(20);
  }
}

/** From SIGTERM to its end, in ms. @throws unless it ended in order: by itself, with 0, everything closed, nothing after that */
export async function stopInOrder(container: Container): Promise<number> {
  const startedAt = performance.now();
  await docker("stop", `--time=${STOP_WITHIN_S}`, container.name);
  const tookMs = performance.now() - startedAt;
  const status = await docker("inspect", "--format={{.State.ExitCode}} {{.State.OOMKilled}}", container.name);
  const lines = (await logsOf(container)).map((line) => JSON.parse(line) as { level: string; msg: string });
  const tail = lines.slice(lines.findIndex(({ msg }) => msg === "service stopping"));
  const report = `${container.name} ended with ${status}:\n${tail.map(({ level, msg }) => `${level} ${msg}`).join("\n")}`;
  assert.equal(status, "0 false", report);
  assert.equal(tail[0]?.msg, "service stopping", report);
  assert.equal(tail.at(-1)?.msg, "service stopped", report);
  assert.ok(!tail.some(({ level }) => level === "error" || level === "fatal"), report);
  return tookMs;
}

/**
 * How much processor time a container's process has taken, in ms: what a start costs, however busy the machine is.
 * The 14th and 15th field of proc(5)'s stat, in hundredths of a second, behind a name that may hold blanks.
 */
export async function processorMs({ name }: Container): Promise<number> {
  const stat = await docker("exec", name, "node", "--print", 'require("node:fs").readFileSync("/proc/1/stat", "utf8")');
  const [user = 0, system = 0] = stat.slice(stat.lastIndexOf(")")).split(" ").slice(12, 14).map(Number);
  return (user + system) * 10;
}

const isRunning = async ({ name }: Container): Promise<boolean> =>
  (await docker("inspect", "--format={{.State.Running}}", name)) === "true";
