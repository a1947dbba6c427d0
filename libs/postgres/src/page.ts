import { refusals } from "@muster/host/refusal";

const refuse = refusals({ "page.bad_token": "invalid" });

const DEFAULT_SIZE = 50;
const MAX_SIZE = 500;

/** How many rows a page holds: the default for 0, and never more than the cap. */
export const pageSize = (asked: number): number => Math.min(asked > 0 ? asked : DEFAULT_SIZE, MAX_SIZE);

/** A page token is where the page before ended: the sort keys of its last row. */
export const encodePageToken = (keys: readonly string[]): string =>
  Buffer.from(JSON.stringify(keys)).toString("base64url");

/** The sort keys in a token, `count` of them, or nothing for the first page. */
export function decodePageToken(token: string, count: number): string[] | undefined {
  if (token === "") return undefined;
  try {
    const keys: unknown = JSON.parse(Buffer.from(token, "base64url").toString());
    if (Array.isArray(keys) && keys.length === count && keys.every((key) => typeof key === "string")) return keys;
  } catch {
    // falls through to the refusal
  }
  throw refuse("page.bad_token", "page_token is not one that this list gave; leave it out to begin anew");
}

/** Cuts the extra row that shows that there is a next page, and makes its token. */
export function toPage<Row>(
  rows: Row[],
  size: number,
  keys: (last: Row) => readonly string[],
): { rows: Row[]; nextPageToken: string } {
  if (rows.length <= size) return { rows, nextPageToken: "" };
  const page = rows.slice(0, size);
  const last = page.at(-1) as Row;
  return { rows: page, nextPageToken: encodePageToken(keys(last)) };
}
