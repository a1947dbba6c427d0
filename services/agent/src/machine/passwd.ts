import type { Machine } from "./machine.ts";

export interface Account {
  readonly username: string;
  readonly uid: number;
  readonly gid: number;
  readonly description: string;
  readonly directory: string;
  readonly shell: string;
}

/** The local accounts (passwd(5)); accounts of a directory service are not among them. */
export function readAccounts(machine: Machine): readonly Account[] {
  const accounts: Account[] = [];
  for (const line of (machine.mustText("/etc/passwd") ?? "").split("\n")) {
    const [username, , uid, gid, description, directory, shell] = line.split(":");
    if (username === undefined || uid === undefined || gid === undefined || !/^\d+$/.test(uid)) continue;
    accounts.push({
      username,
      uid: Number(uid),
      gid: Number(gid),
      description: description ?? "",
      directory: directory ?? "",
      shell: shell ?? "",
    });
  }
  return accounts;
}
