import { execFile } from "node:child_process";
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { startPostgres } from "@muster/backing/postgres";
import type { Platform } from "@muster/deploy/local/platform";
import { Client } from "pg";

const run = promisify(execFile);

export type BackupKind = "base" | "dump";

/** What an administrator keeps, in a folder of its own: the database, and the secrets under which it was written. */
export interface Backup {
  /** Makes a data folder of it in which a platform starts. */
  restoreInto(dataDir: string): Promise<void>;
}

/** Made while the platform runs. */
export async function takeBackup(
  kind: BackupKind,
  { urls }: Platform,
  dataDir: string,
  folder: string,
): Promise<Backup> {
  await mkdir(folder, { recursive: true });
  if (kind === "base") await takeBaseBackup(urls.database, join(dataDir, "postgres"), join(folder, "postgres"));
  else await run("pg_dump", ["--format=custom", `--file=${join(folder, "muster.dump")}`, urls.database]);
  for (const kept of ["secrets", "administrator.json"]) {
    await cp(join(dataDir, kept), join(folder, kept), { recursive: true });
  }
  return {
    restoreInto: async (restored) => {
      await mkdir(restored, { recursive: true });
      for (const kept of ["secrets", "administrator.json"]) {
        await cp(join(folder, kept), join(restored, kept), { recursive: true });
      }
      // Postgres runs as another user when this is root: who owns a file is kept.
      if (kind === "base") await run("cp", ["-a", join(folder, "postgres"), join(restored, "postgres")]);
      else await restoreDump(join(folder, "muster.dump"), join(restored, "postgres"));
    },
  };
}

/** The low-level way of a base backup, which needs no program beside the server. */
async function takeBaseBackup(databaseUrl: string, from: string, to: string): Promise<void> {
  await mkdir(to);
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query("select pg_backup_start('restore', fast => true)");
    await run("cp", ["-a", join(from, "cluster"), join(from, "superuser-password"), to]);
    const { rows } = await client.query<{ labelfile: string }>(
      "select labelfile from pg_backup_stop(wait_for_archive => false)",
    );
    await rm(join(to, "cluster", "postmaster.pid"));
    await run("cp", ["-a", join(from, "cluster", "pg_wal"), join(to, "cluster")]);
    await writeFile(join(to, "cluster", "backup_label"), rows[0]?.labelfile ?? "");
    // Read by whoever owns the rest.
    await run("chown", ["-R", `--reference=${join(from, "cluster")}`, to]);
  } finally {
    await client.end();
  }
}

async function restoreDump(file: string, dataDir: string): Promise<void> {
  const server = await startPostgres({ dataDir, durable: false });
  try {
    await run("pg_restore", ["--no-owner", "--no-acl", "--exit-on-error", `--dbname=${server.url}`, file]);
  } finally {
    await server.stop();
  }
}
