import { createHash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";

const digest = (algorithm: string) => (value: unknown) => createHash(algorithm).update(String(value)).digest("hex");

/** The functions osquery adds to SQLite that policies and detail queries use. */
export const addOsqueryFunctions = (database: DatabaseSync): void => {
  for (const algorithm of ["md5", "sha1", "sha256"]) {
    database.function(algorithm, { deterministic: true }, digest(algorithm));
  }
  database.function("to_base64", { deterministic: true }, (text) => Buffer.from(String(text)).toString("base64"));
  database.function("from_base64", { deterministic: true }, (text) => Buffer.from(String(text), "base64").toString());
  database.function("regex_match", { deterministic: true }, (text, pattern, group) =>
    text === null ? null : (new RegExp(String(pattern)).exec(String(text))?.[Number(group)] ?? null),
  );
  // Every character of `separators` separates, and empty parts do not count.
  database.function("split", { deterministic: true }, (text, separators, place) => {
    const any = String(separators);
    const parts = [""];
    for (const letter of String(text)) {
      if (any.includes(letter)) parts.push("");
      else parts[parts.length - 1] += letter;
    }
    return parts.filter((part) => part !== "")[Number(place)] ?? null;
  });
};
