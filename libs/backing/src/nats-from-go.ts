import { spawn } from "node:child_process";
import { chmod, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";

const BUILD_WITHIN_MS = 10 * 60_000;

/** Builds nats-server from its source with the Go toolchain of this machine; the Go checksum database vouches for it. */
export async function buildNatsWithGo(version: string, target: string, say: (line: string) => void): Promise<void> {
  // Beside the target, so that the rename is atomic and two builds at once do no harm.
  const bin = await mkdtemp(`${target}.build-`);
  try {
    await runGo(["install", `github.com/nats-io/nats-server/v2@v${version}`], bin, say);
    await chmod(join(bin, "nats-server"), 0o755);
    await rename(join(bin, "nats-server"), target);
  } finally {
    await rm(bin, { recursive: true, force: true });
  }
}

function runGo(args: string[], bin: string, say: (line: string) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn("go", args, {
      env: { ...process.env, GOBIN: bin, GOFLAGS: "-mod=mod", CGO_ENABLED: "0" },
      // Outside our tree: a go.mod or go.work above the current folder must not have a say.
      cwd: bin,
      stdio: ["ignore", "ignore", "pipe"],
      timeout: BUILD_WITHIN_MS,
    });
    let lastLine = "";
    createInterface(child.stderr).on("line", (line) => {
      lastLine = line;
      say(line);
    });
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`go install ended with ${code ?? signal}: ${lastLine}`));
    });
  });
}
