import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { StartupProblem } from "./startup-problem.ts";

const run = promisify(execFile);

export interface PostgresUser {
  readonly uid: number;
  readonly gid: number;
}

/** Whom Postgres must run as: it refuses root, so root borrows the user `postgres`. Undefined means ourselves. */
export async function postgresUser(): Promise<PostgresUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  return (await findUser()) ?? (await createUser());
}

async function findUser(): Promise<PostgresUser | undefined> {
  try {
    const [uid, gid] = await Promise.all([run("id", ["-u", "postgres"]), run("id", ["-g", "postgres"])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}

async function createUser(): Promise<PostgresUser> {
  try {
    await run("useradd", ["--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", "postgres"]);
  } catch (cause) {
    throw new StartupProblem(
      "Postgres refuses to run as root, and the user `postgres` could not be created. Create it, or start Muster as an ordinary user.",
      { cause },
    );
  }
  const user = await findUser();
  if (user === undefined) throw new StartupProblem("The user `postgres` was created but cannot be looked up.");
  return user;
}

/** Refuses when a folder on the way to `path` is closed to `user`; names the folder and the way out. */
export async function requireReach(path: string, user: PostgresUser): Promise<void> {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const { mode, uid, gid } = await stat(folder);
    const mayEnter = uid === user.uid ? mode & 0o100 : gid === user.gid ? mode & 0o010 : mode & 0o001;
    if (mayEnter === 0) {
      throw new StartupProblem(
        `Postgres runs as the user \`postgres\` here and cannot reach ${path}: ${folder} is closed to it. Run \`chmod o+x ${folder}\`, move the folder, or start Muster as an ordinary user.`,
      );
    }
    if (folder === dirname(folder)) return;
  }
}
