import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { dataFolder } from "@muster/backing/data-folder";

/** There is no Go, or one that is too old for go.mod beside this file. */
export class MissingGo extends Error {
  constructor() {
    super(
      "Charts are checked with helm, helm-unittest, kubeconform and kube-score, which are built with Go: install Go 1.26 or newer (go.dev).",
    );
  }
}

/** What is made with Go, once. */
export interface Made {
  /** Below the folder in which such things are kept, such as `charts/programs`. */
  readonly name: string;
  /** All that it follows from: another is made anew. */
  readonly pinned: string;
  /** Works in a folder of its own, outside our tree, and answers the folder in it that is kept. */
  make(work: string): Promise<string>;
}

/** The folder with all of it, which is made where it is missing. */
export async function madeOnce(made: Made): Promise<string> {
  const cache = process.env["MUSTER_CACHE_DIR"] ?? join(homedir(), ".cache", "muster");
  const digest = createHash("sha256").update(made.pinned).digest("hex").slice(0, 12);
  const target = `${join(cache, made.name)}-${digest}`;
  if (existsSync(target)) return target;
  requireGo();
  await dataFolder(dirname(target));
  const work = await mkdtemp(`${target}.build-`);
  try {
    const kept = await made.make(work);
    await rename(kept, target).catch((error: unknown) => {
      // Somebody who made the same at the same time was there first.
      if (!existsSync(target)) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return target;
}

/** From Go 1.21 on it fetches the version that go.mod asks for, unless it is told not to; those before cannot read it. */
function requireGo(): void {
  if (spawnSync("go", ["list", "-m"], { cwd: import.meta.dirname }).status !== 0) throw new MissingGo();
}
