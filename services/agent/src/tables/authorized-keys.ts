import { sayingLines } from "../machine/fields.ts";
import { readAccounts } from "../machine/passwd.ts";
import { defineTable } from "./table.ts";

const ALGORITHM = /^(ssh-|ecdsa-|sk-)/;

/** The keys of every account, whether the query asks for one account or not. */
export const authorizedKeys = defineTable({
  name: "authorized_keys",
  columns: { uid: "BIGINT", algorithm: "TEXT", key: "TEXT", options: "TEXT", comment: "TEXT", key_file: "TEXT" },
  *generate(machine) {
    for (const { uid, directory } of readAccounts(machine)) {
      for (const name of ["authorized_keys", "authorized_keys2"]) {
        const file = `${directory}/.ssh/${name}`;
        for (const line of sayingLines(machine.text(file))) {
          const words = splitOutsideQuotes(line);
          const at = words.findIndex((word) => ALGORITHM.test(word));
          if (at === -1) continue;
          yield {
            uid,
            algorithm: words[at],
            key: words[at + 1],
            options: words.slice(0, at).join(" "),
            comment: words.slice(at + 2).join(" "),
            key_file: file,
          };
        }
      }
    }
  },
});

/** sshd(8): options may hold blanks inside double quotes. */
const splitOutsideQuotes = (line: string) => line.match(/(?:"(?:\\"|[^"])*"|\S)+/g) ?? [];
