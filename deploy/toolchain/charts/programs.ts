import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { dataFolder } from "@muster/backing/data-folder";
import { runGo } from "@muster/backing/go";

const BUILD_WITHIN_MS = 15 * 60_000;

/** There is no Go, or one that is too old for go.mod beside this file. */
export class MissingGo extends Error {
  constructor() {
    super(
      "Charts are checked with helm, helm-unittest and kubeconform, which are built with Go: install Go 1.26 or newer (go.dev).",
    );
  }
}

/** From Go 1.21 on it fetches the version that go.mod asks for, unless it is told not to; those before cannot read it. */
export function requireGo(): void {
  if (spawnSync("go", ["list", "-m"], { cwd: import.meta.dirname }).status !== 0) throw new MissingGo();
}

/** The folder in which everything that is fetched or built for the charts is kept. */
export const chartsCache = (): string =>
  join(process.env["MUSTER_CACHE_DIR"] ?? join(homedir(), ".cache", "muster"), "charts");

/**
 * The folder with helm, helm-unittest and kubeconform as go.mod beside this file pins them, go.sum vouching for each
 * module; built where they are missing. One module and not three `go install`s: what they share is compiled once, and
 * helm-unittest needs a replaced module, which `go install` refuses.
 */
export async function chartPrograms(say: (line: string) => void): Promise<string> {
  const module = import.meta.dirname;
  const pinned = createHash("sha256").update(await readFile(join(module, "go.mod")));
  const target = join(chartsCache(), `programs-${pinned.digest("hex").slice(0, 12)}`);
  if (existsSync(target)) return target;
  requireGo();
  await dataFolder(chartsCache());
  say("building helm, helm-unittest and kubeconform with Go (once, two to three minutes)");
  const work = await mkdtemp(`${target}.build-`);
  try {
    // A copy outside our tree: the build must not touch the pinned files, and no go.work above has a say.
    for (const file of ["go.mod", "go.sum"]) await cp(join(module, file), join(work, file));
    const args = ["build", "-trimpath", "-ldflags=-s -w", `-o=${join(work, "bin")}/`, "tool"];
    await runGo(args, { cwd: work, withinMs: BUILD_WITHIN_MS });
    await rename(join(work, "bin"), target);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return target;
}
