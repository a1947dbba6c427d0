import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

export interface GoOptions {
  /** Outside our tree: a go.mod above it would have a say. */
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly withinMs: number;
  /** Gets what Go tells meanwhile, by the line. */
  readonly say?: (line: string) => void;
}

/** Runs this machine's Go, whose checksum database vouches for what it fetches, and answers what it printed. */
export function runGo(args: readonly string[], { cwd, env, withinMs, say }: GoOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn("go", args, {
      cwd,
      env: { ...process.env, CGO_ENABLED: "0", GOWORK: "off", ...env },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: withinMs,
    });
    let output = "";
    let lastLine = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
    });
    createInterface(child.stderr).on("line", (line) => {
      lastLine = line;
      say?.(line);
    });
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (code === 0) resolve(output);
      else reject(new Error(`go ${args[0]} ended with ${code ?? signal}: ${lastLine || output}`));
    });
  });
}
