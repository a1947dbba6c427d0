import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** A folder with packages from PyPI, fetched once for this machine; or why it is not there. */
export function pythonPackages(
  name: string,
  packages: readonly string[],
): { readonly folder: string } | { readonly missing: string } {
  const cache = process.env["MUSTER_CACHE_DIR"] ?? join(homedir(), ".cache", "muster");
  const folder = join(cache, name);
  try {
    if (!existsSync(folder)) install(cache, folder, packages);
  } catch (error) {
    return { missing: `${name} could not be fetched: ${error instanceof Error ? error.message : String(error)}` };
  }
  return { folder };
}

function install(cache: string, folder: string, packages: readonly string[]): void {
  mkdirSync(cache, { recursive: true });
  const unfinished = mkdtempSync(`${folder}-`);
  try {
    const options = ["--quiet", "--disable-pip-version-check", "--only-binary", ":all:", "--target", unfinished];
    execFileSync("python3", ["-m", "pip", "install", ...options, ...packages], { stdio: ["ignore", "ignore", "pipe"] });
    // Whole or not at all, for several test files may look for it at once.
    try {
      renameSync(unfinished, folder);
    } catch (error) {
      // Somebody else was sooner.
      if (!existsSync(folder)) throw error;
    }
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}
