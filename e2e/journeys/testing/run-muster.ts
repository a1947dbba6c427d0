import { execFile } from "node:child_process";
import { join } from "node:path";
import type { JourneyPlatform } from "./journey-platform.ts";

const MUSTER = join(import.meta.dirname, "../../../services/cli/src/main.ts");

/** The muster command as the administrator runs it: all that it printed, and how it ended. */
export const runMuster = (
  { platform: { urls, administrator } }: JourneyPlatform,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
) =>
  new Promise<{ readonly out: string; readonly code: number }>((resolve) => {
    const known = { MUSTER_SERVER: urls.gateway, MUSTER_TOKEN: administrator.token, NO_COLOR: "1" };
    execFile(process.execPath, [MUSTER, ...args], { env: { ...process.env, ...known, ...env } }, (error, out, err) =>
      resolve({ out: `${out}${err}`, code: error === null ? 0 : Number(error.code) }),
    );
  });
