import { defineTable } from "./table.ts";

/** Never gives a password hash, only its kind (crypt(5)). */
export const shadow = defineTable({
  name: "shadow",
  columns: {
    password_status: "TEXT",
    hash_alg: "TEXT",
    last_change: "BIGINT",
    min: "BIGINT",
    max: "BIGINT",
    warning: "BIGINT",
    inactive: "BIGINT",
    expire: "BIGINT",
    flag: "BIGINT",
    username: "TEXT",
  },
  *generate(machine) {
    for (const line of (machine.mustText("/etc/shadow") ?? "").split("\n")) {
      const [username, password, lastChange, min, max, warning, inactive, expire, flag] = line.split(":");
      if (username === undefined || password === undefined) continue;
      const number = (text: string | undefined) => (text === undefined || text === "" ? -1 : text);
      yield {
        password_status: statusOf(password),
        hash_alg: /^!?\$([^$]+)\$/.exec(password)?.[1],
        last_change: number(lastChange),
        min: number(min),
        max: number(max),
        warning: number(warning),
        inactive: number(inactive),
        expire: number(expire),
        flag: number(flag),
        username,
      };
    }
  },
});

function statusOf(password: string): string {
  if (password === "") return "empty";
  if (password === "!!") return "not_set";
  return /^[!*x]/.test(password) ? "locked" : "active";
}
