import { createHash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";

/** Functions that osquery has beside SQLite's own. A regular expression that is not valid matches nothing. */
export function addFunctions(db: DatabaseSync): void {
  const add = (name: string, compute: (...values: string[]) => string | number | null) =>
    db.function(name, { deterministic: true, varargs: true }, (...values) =>
      values.some((value) => value === null) ? null : asSqlValue(compute(...values.map(String))),
    );
  for (const algorithm of ["md5", "sha1", "sha256"]) {
    add(algorithm, (text = "") => createHash(algorithm).update(text).digest("hex"));
  }
  add("to_base64", (text = "") => Buffer.from(text).toString("base64"));
  add("from_base64", (text = "") => Buffer.from(text, "base64").toString("utf8"));
  // split() cuts at any of the characters it is given, and counts no empty parts.
  add("split", (text = "", separators = "", index = "0") => {
    const parts: string[] = [];
    let part = "";
    for (const character of text) {
      if (!separators.includes(character)) part += character;
      else if (part !== "") {
        parts.push(part);
        part = "";
      }
    }
    if (part !== "") parts.push(part);
    return parts[Number(index)] ?? null;
  });
  add("regex_split", (text = "", pattern = "", index = "0") => {
    const expression = expressionOf(pattern);
    return expression === undefined ? null : (text.split(expression)[Number(index)] ?? null);
  });
  add("regex_match", (text = "", pattern = "", index = "0") => {
    return expressionOf(pattern)?.exec(text)?.[Number(index)] ?? null;
  });
  add("inet_aton", (address = "") => {
    const parts = address.split(".").map(Number);
    const valid = parts.length === 4 && parts.every((part) => Number.isInteger(part) && part >= 0 && part < 256);
    return valid ? parts.reduce((sum, part) => sum * 256 + part, 0) : null;
  });
  // version_compare() follows the order of dpkg's numbers and letters well enough for dotted versions: -1, 0 or 1.
  add("version_compare", (left = "", right = "") => compareVersions(left, right));
}

/** A number would become a REAL, and be answered with a point. */
const asSqlValue = (value: string | number | null) => (typeof value === "number" ? BigInt(value) : value);

function expressionOf(pattern: string): RegExp | undefined {
  try {
    return new RegExp(pattern);
  } catch {
    return undefined;
  }
}

function compareVersions(left: string, right: string): number {
  const parts = (version: string) => version.match(/\d+|[a-z]+/gi) ?? [];
  const [ours, theirs] = [parts(left), parts(right)];
  for (let index = 0; index < Math.max(ours.length, theirs.length); index++) {
    const [a, b] = [ours[index], theirs[index]];
    if (a === undefined || b === undefined) return a === undefined ? -1 : 1;
    const numbers = /^\d/.test(a) && /^\d/.test(b);
    const order = numbers ? Number(a) - Number(b) : a < b ? -1 : a > b ? 1 : 0;
    if (order !== 0) return Math.sign(order);
  }
  return 0;
}
