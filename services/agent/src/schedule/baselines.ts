import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { AnswerRow } from "../sql/engine.ts";
import { writeDurably } from "../state/write-durably.ts";

/** What a query gave when it last ran: what it gives next is compared with this. */
export interface Baseline {
  readonly sql: string;
  readonly epoch: number;
  readonly counter: number;
  readonly rows: readonly AnswerRow[];
}

/** The last answers of differential queries, a file each. */
export interface Baselines {
  read(name: string): Promise<Baseline | undefined>;
  write(name: string, baseline: Baseline): Promise<void>;
  /** Forgets all but those of these queries. */
  keepOnly(names: readonly string[]): Promise<void>;
}

export async function openBaselines(folder: string): Promise<Baselines> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // A name may hold anything, also slashes.
  const fileOf = (name: string) => `${createHash("sha256").update(name).digest("hex")}.json`;
  return {
    async read(name) {
      try {
        return JSON.parse(await readFile(join(folder, fileOf(name)), "utf8")) as Baseline;
      } catch {
        // Not there, or not whole: the query begins anew.
        return undefined;
      }
    },
    write: (name, baseline) => writeDurably(join(folder, fileOf(name)), JSON.stringify(baseline)),
    async keepOnly(names) {
      const kept = new Set(names.map(fileOf));
      for (const file of await readdir(folder)) if (!kept.has(file)) await rm(join(folder, file), { force: true });
    },
  };
}
