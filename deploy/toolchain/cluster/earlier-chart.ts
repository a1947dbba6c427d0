import { execFileSync } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";

/** The chart as it was before its last change, in a folder of its own. */
export async function earlierChart(
  root: string,
  chart: string,
  folder: string,
): Promise<{ readonly chart: string; readonly revision: string }> {
  const git = (...args: string[]): Buffer => execFileSync("git", args, { cwd: root, maxBuffer: 64 * 1024 ** 2 });
  const revision = git("log", "-2", "--format=%h", "--", chart).toString().trim().split("\n").at(-1) ?? "HEAD";
  const target = await mkdtemp(join(folder, "earlier-"));
  execFileSync("tar", ["-x", "-C", target], { input: git("archive", revision, chart) });
  return { chart: join(target, chart), revision };
}
