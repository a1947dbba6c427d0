import { createHash } from "node:crypto";
import { refuse } from "./refusals.ts";

/** RFC 9110, section 8.8.3: what may stand between the quotes, and whether the tag is a weak one. */
const TAG = /^(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"$/;
/** What stands between commas that are not in quotes. */
const PARTS = /(?:[^,"]|"[^"]*"?)+/g;
const OURS = /^(0|[1-9]\d{0,9})(?:-[\w-]{16})?$/;
/** Nothing is ever changed so often. */
const NO_REVISION = 2 ** 32 - 1;
const MAX_TAGS = 100;

/**
 * The strong tag of a thing: its revision, which changes are held against, and a digest of all that is answered, as that
 * may hold counts and times which change by themselves.
 */
export const entityTag = (revision: number, answer: string): string =>
  `"${revision}-${createHash("sha256").update(answer).digest("base64url").slice(0, 16)}"`;

/**
 * The revisions of the tags in an If-Match (RFC 9110, section 13.1.1); none for `*`, which fits whatever there is. A weak
 * tag, or one that we never made, is a revision that nothing has. A revision alone in quotes is a tag too.
 */
export function expectedRevisions(ifMatch: string): number[] {
  const tags = tagsIn("If-Match", ifMatch);
  return tags === "*" ? [] : [...new Set(tags.map(revisionOf))];
}

/** Whether an If-None-Match (section 13.1.2) names the tag: what is asked for is held already. */
export function isHeld(ifNoneMatch: string, tag: string): boolean {
  const tags = tagsIn("If-None-Match", ifNoneMatch);
  return tags === "*" || tags.some(({ opaque }) => `"${opaque}"` === tag);
}

interface Tag {
  readonly weak: boolean;
  readonly opaque: string;
}

function tagsIn(header: string, value: string): "*" | Tag[] {
  if (value.trim() === "*") return "*";
  const parts = (value.match(PARTS) ?? []).map((part) => part.trim()).filter((part) => part !== "");
  const tags = parts.flatMap((part) => {
    const [, weak, opaque] = TAG.exec(part) ?? [];
    return opaque === undefined ? [] : [{ weak: weak !== undefined, opaque }];
  });
  if (tags.length === 0 || tags.length > MAX_TAGS || tags.length < parts.length)
    throw refuse("api.bad_request", `${header} is * or 1 to ${MAX_TAGS} tags in quotes, as an ETag gives them`);
  return tags;
}

function revisionOf({ weak, opaque }: Tag): number {
  const revision = weak ? NO_REVISION : Number(OURS.exec(opaque)?.[1] ?? NO_REVISION);
  return Math.min(revision, NO_REVISION);
}
