import { readFile, rm, writeFile } from "node:fs/promises";
import { isAlive, markOf, type ProcessMark } from "./process-mark.ts";

/** Two agents on one state folder could each run a command, so the second refuses to start. */
export async function takeLock(path: string): Promise<{ release(): Promise<void> }> {
  const content = JSON.stringify(markOf(process.pid));
  for (const attempt of [1, 2]) {
    try {
      await writeFile(path, content, { flag: "wx", mode: 0o600 });
      return { release: () => rm(path, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST" || attempt === 2) throw error;
      const holder = parse(await readFile(path, "utf8"));
      if (holder !== undefined && isAlive(holder)) {
        throw new Error(
          `another agent (process ${holder.pid}) uses this state folder; stop it, or give --state another`,
          {
            cause: error,
          },
        );
      }
      await rm(path, { force: true });
    }
  }
  throw new Error("the state folder's lock keeps changing hands");
}

function parse(text: string): ProcessMark | undefined {
  try {
    return JSON.parse(text) as ProcessMark;
  } catch {
    return undefined;
  }
}
