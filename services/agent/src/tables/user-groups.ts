import { readGroups } from "../machine/group-file.ts";
import { readAccounts } from "../machine/passwd.ts";
import { defineTable } from "./table.ts";

export const userGroups = defineTable({
  name: "user_groups",
  columns: { uid: "BIGINT", gid: "BIGINT" },
  *generate(machine) {
    const all = readGroups(machine);
    for (const { uid, gid, username } of readAccounts(machine)) {
      const gids = new Set([gid, ...all.filter(({ members }) => members.includes(username)).map((group) => group.gid)]);
      for (const each of gids) yield { uid, gid: each };
    }
  },
});
