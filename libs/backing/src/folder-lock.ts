import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isRunning, processMark } from "./process-table.ts";
import { StartupProblem } from "./startup-problem.ts";

export interface FolderLock {
  release(): void;
}

/** Claims a folder for this process. A claim whose process is gone, however it ended, is taken over. */
export function lockFolder(folder: string): FolderLock {
  const file = join(folder, "lock");
  const mine = processMark(process.pid);
  for (const attempt of [1, 2]) {
    try {
      writeFileSync(file, mine, { flag: "wx", mode: 0o600 });
      return { release: () => rmSync(file, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST" || attempt === 2) throw error;
      const holder = readFileSync(file, "utf8");
      const pid = Number.parseInt(holder, 10);
      if (isRunning(pid) && processMark(pid) === holder) {
        throw new StartupProblem(
          `${folder} is in use by process ${pid}. Stop that one first (\`kill ${pid}\`), or choose another data folder.`,
        );
      }
      rmSync(file, { force: true });
    }
  }
  throw new Error("unreachable: the second attempt returns or throws");
}
