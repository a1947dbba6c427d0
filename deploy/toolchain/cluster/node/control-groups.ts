import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const EMPTY_WITHIN_MS = 20_000;

/**
 * A control group for all of a node's pods in each of the machine's hierarchies, version 1 and 2 alike: what is
 * below it can be told from what is the machine's own, and be removed.
 */
export function makeControlGroups(name: string): void {
  for (const hierarchy of hierarchies()) {
    mkdirSync(join(hierarchy, name));
    // A group's part beside the machine's other work is one processor's, whatever the pods in it ask for: as the kubelet
    // does for its own, it is made that of all.
    for (const [file, ofOne] of Object.entries({ "cpu.shares": 1024, "cpu.weight": 100 })) {
      const part = join(hierarchy, name, file);
      if (existsSync(part)) writeFileSync(part, String(ofOne * availableParallelism()));
    }
  }
}

/** @throws when processes are left in them, which were to have ended */
export async function removeControlGroups(name: string): Promise<void> {
  const deadline = Date.now() + EMPTY_WITHIN_MS;
  for (const hierarchy of hierarchies()) {
    // The kernel lets go of a group a while after its last process has ended.
    for (;;) {
      try {
        removeTree(join(hierarchy, name));
        break;
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await delay(100);
      }
    }
  }
}

/** The files in a group go with it, and no sooner. */
function removeTree(folder: string): void {
  if (!existsSync(folder)) return;
  for (const each of readdirSync(folder, { withFileTypes: true })) {
    if (each.isDirectory()) removeTree(join(folder, each.name));
  }
  rmdirSync(folder);
}

/** By proc_mounts(5): what is mounted, where, and of which type. */
const hierarchies = (): string[] =>
  readFileSync("/proc/mounts", "utf8")
    .split("\n")
    .map((line) => line.split(" "))
    .filter(([, , type]) => type === "cgroup" || type === "cgroup2")
    .map(([, place = ""]) => place);
