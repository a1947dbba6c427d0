import { hash } from "node:crypto";

/** One row as osquery sends it: every value is text. */
export type OsqueryRow = Readonly<Record<string, string>>;

/** Reads rows from a body that anyone could have sent: a list of objects; numbers and booleans become text. */
export function readRows(raw: unknown): OsqueryRow[] | undefined {
  // A failed query has "" or null here instead of rows.
  if (raw === "" || raw === null || raw === undefined) return [];
  if (!Array.isArray(raw)) return undefined;
  for (let index = 0; index < raw.length; index++) {
    const row: unknown = raw[index];
    if (typeof row !== "object" || row === null || Array.isArray(row)) return undefined;
    const columns = row as Record<string, unknown>;
    for (const name in columns) {
      const value = columns[name];
      if (typeof value === "string") {
        // Postgres' jsonb holds neither the character U+0000 nor half a surrogate pair.
        if (value.includes("\u0000") || !value.isWellFormed()) columns[name] = storable(value);
      } else columns[name] = typeof value === "number" || typeof value === "boolean" ? String(value) : "";
    }
  }
  return raw as OsqueryRow[];
}

/** Text that Postgres can hold. */
export const storable = (text: string): string => text.replaceAll("\u0000", "").toWellFormed();

export const digestOf = (text: string): string => hash("sha1", text, "base64url");

/** The first rows that fit: at most `maxRows`, and at most `maxBytes` of JSON. */
export function capRows<Row>(
  rows: readonly Row[],
  maxRows: number,
  maxBytes: number,
): { readonly rows: readonly Row[]; readonly truncated: boolean } {
  let size = 2;
  for (let index = 0; index < rows.length; index++) {
    size += Buffer.byteLength(JSON.stringify(rows[index])) + 1;
    if (index >= maxRows || size > maxBytes) return { rows: rows.slice(0, index), truncated: true };
  }
  return { rows, truncated: false };
}
