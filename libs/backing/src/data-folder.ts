import { chmod, mkdir, stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { StartupProblem } from "./startup-problem.ts";

const LEAST_FREE_BYTES = 1024 ** 3;

/**
 * Makes a folder that no other user can list. `traversable` lets a server's own user pass through to a folder inside,
 * as do the folders made on the way to `path`.
 */
export async function dataFolder(path: string, { traversable = false } = {}): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o711 });
    await chmod(path, traversable ? 0o711 : 0o700);
  } catch (cause) {
    throw new StartupProblem(
      `The data folder ${path} cannot be made (${(cause as NodeJS.ErrnoException).code}). Give it to this user, or choose another data folder.`,
      { cause },
    );
  }
}

/** Refuses when the disk under `path` is nearly full: a database that runs out of it stops in the middle. */
export async function requireDiskSpace(path: string, leastFreeBytes = LEAST_FREE_BYTES): Promise<void> {
  const { bavail, bsize } = await statfs(await nearestExisting(path));
  const free = bavail * bsize;
  if (free >= leastFreeBytes) return;
  const asMb = (bytes: number): string => `${Math.floor(bytes / 1024 ** 2)} MB`;
  throw new StartupProblem(
    `Only ${asMb(free)} are free on the disk of ${path}; ${asMb(leastFreeBytes)} are needed. Free some space, or choose a data folder on another disk.`,
  );
}

async function nearestExisting(path: string): Promise<string> {
  try {
    await stat(path);
    return path;
  } catch {
    return nearestExisting(dirname(path));
  }
}
