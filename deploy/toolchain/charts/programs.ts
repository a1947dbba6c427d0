import { cp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { runGo } from "@muster/backing/go";
import { madeOnce } from "./made-once.ts";

const BUILD_WITHIN_MS = 15 * 60_000;

/**
 * The folder with helm, helm-unittest and kubeconform as go.mod beside this file pins them, go.sum vouching for each
 * module. One module and not three `go install`s: what they share is compiled once, and helm-unittest needs a replaced
 * module, which `go install` refuses.
 */
export async function chartPrograms(say: (line: string) => void): Promise<string> {
  const module = import.meta.dirname;
  return madeOnce({
    name: "charts/programs",
    pinned: await readFile(join(module, "go.mod"), "utf8"),
    make: async (work) => {
      say("building helm, helm-unittest and kubeconform with Go (once, two to three minutes)");
      // A copy outside our tree: the build must not touch the pinned files, and no go.work above has a say.
      for (const file of ["go.mod", "go.sum"]) await cp(join(module, file), join(work, file));
      const bin = join(work, "bin");
      await runGo(["build", "-trimpath", "-ldflags=-s -w", `-o=${bin}/`, "tool"], {
        cwd: work,
        withinMs: BUILD_WITHIN_MS,
      });
      return bin;
    },
  });
}
