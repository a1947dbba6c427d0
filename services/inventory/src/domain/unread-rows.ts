import { hash } from "node:crypto";
import { type OsqueryRow, readRows } from "./rows.ts";

/** Where a body was cut was not where an answer ends: it has to be read as a whole. */
export class MiscutError extends Error {}

/** The rows of one answer as they came, in JSON; most are known by their digest and never read. */
export class UnreadRows {
  readonly #text: Buffer;
  /** A digest of the text: the same text states the same rows. */
  readonly fingerprint: string;

  constructor(text: Buffer) {
    this.#text = text;
    this.fingerprint = hash("sha1", text, "base64url");
  }

  read(): readonly OsqueryRow[] {
    const rows = readRows(parsed(this.#text.toString()));
    if (rows === undefined) throw new MiscutError();
    return rows;
  }
}

export type AnsweredRows = readonly OsqueryRow[] | UnreadRows;

export const rowsOf = (rows: AnsweredRows): readonly OsqueryRow[] => (rows instanceof UnreadRows ? rows.read() : rows);

function parsed(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch (cause) {
    throw new MiscutError("not JSON", { cause });
  }
}
