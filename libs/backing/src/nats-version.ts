import { execFile } from "node:child_process";
import { promisify } from "node:util";

const LEAST = { major: 2, minor: 11 };

/** The version a nats-server program says it has, such as "2.15.2"; undefined when it cannot be run. */
export async function natsVersion(program: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(program, ["--version"], { timeout: 10_000 });
    return /v(\d+\.\d+\.\d+)/.exec(stdout)?.[1];
  } catch {
    return undefined;
  }
}

/** 2.11 brought what the event bus stands on: per-message expiry, consumer pause and priority groups. */
export function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > LEAST.major || (major === LEAST.major && minor >= LEAST.minor);
}
