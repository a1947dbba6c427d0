import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const MAIN = join(import.meta.dirname, "../main.ts");

export interface Ended {
  readonly out: string;
  readonly err: string;
  readonly code: number;
}

/** The real program, with its settings below `home`. */
export const startMuster = (home: string, args: readonly string[], env: NodeJS.ProcessEnv) =>
  spawn(process.execPath, [MAIN, ...args], { env: { ...process.env, XDG_CONFIG_HOME: home, NO_COLOR: "1", ...env } });

/** What it printed by its end, and how it ended. */
export async function endOf(child: ChildProcess, input = ""): Promise<Ended> {
  child.stdin?.end(input);
  let [out, err] = ["", ""];
  child.stdout?.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (err += chunk.toString()));
  const [code] = (await once(child, "close")) as [number];
  return { out, err, code };
}

/** The program at a terminal of its own, for whoever types; what is shown is in `out`. */
export function startAtTerminal(home: string, args: readonly string[], env: NodeJS.ProcessEnv) {
  const words = [process.execPath, MAIN, ...args].map((word) => `'${word}'`).join(" ");
  return spawn("script", ["--quiet", "--return", "--command", words, "/dev/null"], {
    env: { ...process.env, XDG_CONFIG_HOME: home, NO_COLOR: "1", ...env },
  });
}
