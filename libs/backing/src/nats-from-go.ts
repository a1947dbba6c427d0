import { chmod, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { runGo } from "./go.ts";

const BUILD_WITHIN_MS = 10 * 60_000;

/** Builds nats-server from its source with the Go toolchain of this machine. */
export async function buildNatsWithGo(version: string, target: string, say: (line: string) => void): Promise<void> {
  // Beside the target, so that the rename is atomic and two builds at once do no harm.
  const bin = await mkdtemp(`${target}.build-`);
  try {
    await runGo(["install", `github.com/nats-io/nats-server/v2@v${version}`], {
      cwd: bin,
      env: { GOBIN: bin, GOFLAGS: "-mod=mod" },
      withinMs: BUILD_WITHIN_MS,
      say,
    });
    await chmod(join(bin, "nats-server"), 0o755);
    await rename(join(bin, "nats-server"), target);
  } finally {
    await rm(bin, { recursive: true, force: true });
  }
}
