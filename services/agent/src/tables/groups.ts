import { readGroups } from "../machine/group-file.ts";
import { defineTable } from "./table.ts";

export const groups = defineTable({
  name: "groups",
  columns: { gid: "BIGINT", gid_signed: "BIGINT", groupname: "TEXT" },
  *generate(machine) {
    for (const { gid, groupname } of readGroups(machine)) yield { gid, gid_signed: gid | 0, groupname };
  },
});
