import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { askedPaths } from "../machine/asked-paths.ts";
import type { Machine } from "../machine/machine.ts";
import { defineTable } from "./table.ts";

const ALGORITHMS = ["md5", "sha1", "sha256"] as const;
const CHUNK_BYTES = 1024 * 1024;

/** Regular files only; computes only the hashes that the query looks at. */
export const hash = defineTable({
  name: "hash",
  columns: { path: "TEXT", directory: "TEXT", md5: "TEXT", sha1: "TEXT", sha256: "TEXT" },
  constrainedBy: ["path", "directory"],
  *generate(machine, { columns, constraints }) {
    const wanted = ALGORITHMS.filter((algorithm) => columns.has(algorithm));
    for (const { path, directory } of askedPaths(machine, constraints)) {
      if (machine.status(path)?.isFile() !== true) continue;
      const hashes = hashesOf(machine, path, wanted);
      if (hashes !== undefined) yield { path, directory, ...hashes };
    }
  },
});

function hashesOf(machine: Machine, path: string, algorithms: readonly (typeof ALGORITHMS)[number][]) {
  let descriptor: number;
  try {
    descriptor = openSync(path, "r");
  } catch (error) {
    machine.note({ path, reason: (error as NodeJS.ErrnoException).code ?? "failed", needs: "root" });
    return undefined;
  }
  try {
    const hashes = algorithms.map((algorithm) => ({ algorithm, hash: createHash(algorithm) }));
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    for (let length = readSync(descriptor, chunk); length > 0; length = readSync(descriptor, chunk)) {
      for (const { hash } of hashes) hash.update(chunk.subarray(0, length));
    }
    return Object.fromEntries(hashes.map(({ algorithm, hash }) => [algorithm, hash.digest("hex")]));
  } finally {
    closeSync(descriptor);
  }
}
