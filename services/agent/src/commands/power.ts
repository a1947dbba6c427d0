import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Turns the machine off or starts it anew, a minute from now, so that the result can still be told. */
export interface Power {
  restart(): Promise<void>;
  shutdown(): Promise<void>;
}

const DEADLINE_MS = 10_000;

export function systemPower(): Power {
  const run = promisify(execFile);
  const schedule = async (flag: "-r" | "-P", verb: "reboot" | "poweroff") => {
    try {
      await run("shutdown", [flag, "+1"], { timeout: DEADLINE_MS });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      // systemd 254 and later can wait by itself where the sysvinit-compatible command is not installed.
      await run("systemctl", [verb, "--when=+1min"], { timeout: DEADLINE_MS });
    }
  };
  return { restart: () => schedule("-r", "reboot"), shutdown: () => schedule("-P", "poweroff") };
}
