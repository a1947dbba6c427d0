import { readAccounts } from "../machine/passwd.ts";
import { defineTable } from "./table.ts";

export const users = defineTable({
  name: "users",
  columns: {
    uid: "BIGINT",
    gid: "BIGINT",
    uid_signed: "BIGINT",
    gid_signed: "BIGINT",
    username: "TEXT",
    description: "TEXT",
    directory: "TEXT",
    shell: "TEXT",
    uuid: "TEXT",
  },
  *generate(machine) {
    for (const { username, uid, gid, description, directory, shell } of readAccounts(machine)) {
      yield { uid, gid, uid_signed: uid | 0, gid_signed: gid | 0, username, description, directory, shell };
    }
  },
});
