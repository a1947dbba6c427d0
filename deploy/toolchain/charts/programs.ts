import { cp, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { runGo } from "@muster/backing/go";
import { madeOnce } from "./made-once.ts";

const BUILD_WITHIN_MS = 15 * 60_000;

/**
 * Folders with a go.mod that pins programs, go.sum vouching for each module. One for all, as far as they agree: what they share is
 * compiled once, and helm-unittest needs a replaced module, which `go install` refuses. kube-score reads an older API
 * of Kubernetes than helm does.
 */
const MODULES = [import.meta.dirname, join(import.meta.dirname, "policy")];

/** The folder with helm, helm-unittest, kubeconform and kube-score. */
export async function chartPrograms(say: (line: string) => void): Promise<string> {
  const pinned = await Promise.all(MODULES.map((module) => readFile(join(module, "go.mod"), "utf8")));
  return madeOnce({
    name: "charts/programs",
    pinned: pinned.join(""),
    make: async (work) => {
      say("building helm, helm-unittest, kubeconform and kube-score with Go (once, two to three minutes)");
      const bin = join(work, "bin");
      for (const [place, module] of MODULES.entries()) {
        // A copy outside our tree: the build must not touch the pinned files, and no go.work above has a say.
        const cwd = join(work, String(place));
        await mkdir(cwd);
        for (const file of ["go.mod", "go.sum"]) await cp(join(module, file), join(cwd, file));
        await runGo(["build", "-trimpath", "-ldflags=-s -w", `-o=${bin}/`, "tool"], { cwd, withinMs: BUILD_WITHIN_MS });
      }
      return bin;
    },
  });
}
