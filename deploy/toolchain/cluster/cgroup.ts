import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

const ROOT = "/sys/fs/cgroup";

/** One where the kernel has version 2, several with version 1. */
const hierarchies = async (): Promise<string[]> =>
  existsSync(join(ROOT, "cgroup.controllers")) ? [ROOT] : (await readdir(ROOT)).map((name) => join(ROOT, name));

/** The group of processes under which all pods are; of version 1, in each hierarchy. */
export async function makeCgroup(name: string): Promise<void> {
  for (const hierarchy of await hierarchies()) {
    await mkdir(join(hierarchy, name), { recursive: true });
    // A new set of processors is empty in version 1, and nothing runs in it until it is filled.
    for (const set of ["cpuset.cpus", "cpuset.mems"]) {
      const all = join(hierarchy, set);
      if (existsSync(all)) await writeFile(join(hierarchy, name, set), await readFile(all));
    }
  }
}

/** Once no process is left in it. */
export async function removeCgroup(name: string): Promise<void> {
  for (const hierarchy of await hierarchies()) await removeGroup(join(hierarchy, name));
}

/** Its files go with a group, and cannot be removed before. */
async function removeGroup(path: string): Promise<void> {
  if (!existsSync(path)) return;
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.isDirectory()) await removeGroup(join(path, entry.name));
  }
  await rmdir(path);
}
