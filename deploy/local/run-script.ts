import { execFile } from "node:child_process";
import { appendFile } from "node:fs/promises";
import { promisify } from "node:util";
import { StartupProblem } from "@muster/backing/startup-problem";

const WITHIN_MS = 120_000;

export interface ScriptRun {
  /** What it does, for the message when it fails. */
  readonly purpose: string;
  readonly root: string;
  readonly script: string;
  readonly args?: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly logFile: string;
}

/** Runs a TypeScript file to its end and returns what it printed. Its error output goes to the log. */
export async function runScript({ purpose, root, script, args = [], env, logFile }: ScriptRun): Promise<string> {
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [`${root}/${script}`, ...args], {
      env,
      timeout: WITHIN_MS,
      maxBuffer: 16 * 1024 ** 2,
    });
    await appendFile(logFile, stderr, { mode: 0o600 });
    return stdout;
  } catch (cause) {
    const { stdout = "", stderr = "", killed } = cause as { stdout?: string; stderr?: string; killed?: boolean };
    const why = killed ? `it took longer than ${WITHIN_MS / 1000} s` : `${stdout}${stderr}`.trim() || String(cause);
    throw new StartupProblem(`${purpose} failed (${script}): ${why}`, { cause });
  }
}
