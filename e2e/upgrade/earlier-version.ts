import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, realpath, symlink } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

const git = async (root: string, ...args: string[]): Promise<string> =>
  (await run("git", ["-C", root, ...args], { maxBuffer: 64 * 1024 ** 2 })).stdout.trim();

const MIGRATIONS = ["services/*/migrations/*.sql", "libs/*/migrations/*.sql"];

/** The newest commit with fewer migrations than now, all of which are as they were: the nearest version with another schema. */
export async function beforeNewestMigration(root: string): Promise<string> {
  const changes = (await git(root, "log", "--format=%H", "--", ...MIGRATIONS)).split("\n");
  const now = new Set(await migrationsOf(root, "HEAD"));
  for (const change of changes) {
    const then = await migrationsOf(root, `${change}^`);
    if (then.length < now.size && then.every((migration) => now.has(migration))) return `${change}^`;
  }
  throw new Error("no commit has fewer migrations; say with --from what to upgrade from");
}

/** Each with its content's name. */
async function migrationsOf(root: string, revision: string): Promise<string[]> {
  const files = (await git(root, "ls-tree", "-r", revision, "services", "libs")).split("\n");
  return files.filter((file) => /\/migrations\/[^/]+\.sql$/.test(file));
}

/** What a person calls a commit. */
export const titleOf = (root: string, revision: string): Promise<string> =>
  git(root, "log", "-1", "--format=%h of %cd, %s", "--date=iso", revision);

/** Lays a version's files into a folder, with packages beside them. */
export async function layOut(root: string, revision: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const archive = join(folder, "..", "version.tar");
  await git(root, "archive", `--output=${archive}`, revision);
  await run("tar", ["-xf", archive, "-C", folder]);
  if ((await packagesOf(root)) === (await packagesOf(folder))) await borrowPackages(root, folder);
  else await run("npm", ["ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"], { cwd: folder });
}

/** What a lock file installs, without what the repository holds itself. */
async function packagesOf(root: string): Promise<string> {
  const { packages } = JSON.parse(await readFile(join(root, "package-lock.json"), "utf8")) as {
    readonly packages: Readonly<Record<string, { readonly version?: string; readonly link?: boolean }>>;
  };
  const installed = Object.entries(packages)
    .filter(([path, { link }]) => path.includes("node_modules/") && link !== true)
    .map(([path, { version }]) => `${path}@${version}`);
  return installed.sort().join("\n");
}

/** Links to the packages of another folder; what the repository holds itself is linked to its own. */
async function borrowPackages(root: string, folder: string): Promise<void> {
  const workspaces = ["libs", "services"].map(async (group) =>
    (await readdir(join(folder, group))).map((name) => join(group, name)),
  );
  for (const place of [".", ...(await Promise.all(workspaces)).flat()]) {
    const from = join(root, place, "node_modules");
    if (existsSync(from)) await linkAll(root, folder, from, join(folder, place, "node_modules"));
  }
}

async function linkAll(root: string, folder: string, from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const name of await readdir(from)) {
    if (name === "@muster") {
      await linkAll(root, folder, join(from, name), join(to, name));
      continue;
    }
    const target = await realpath(join(from, name));
    const own = join(folder, relative(root, target));
    if (basename(from) !== "@muster") await symlink(target, join(to, name));
    // What came later is not there yet.
    else if (existsSync(own)) await symlink(own, join(to, name));
  }
}
