import { execFileSync } from "node:child_process";

/** The revision of which everything in a folder is. @throws where something was changed since */
export function revisionOf(root: string): string {
  const git = (...args: readonly string[]): string => execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();
  const changed = git("status", "--porcelain");
  if (changed !== "") throw new Error(`A release is of a revision, and this was changed since:\n${changed}`);
  return git("rev-parse", "HEAD");
}
