/** What the info string of a block in `sh` says of running it, where it is not just run to a good end. */
export type DocumentMark =
  | { readonly kind: "run" }
  /** Cannot be run here, for a reason that a reader understands. */
  | { readonly kind: "not-run"; readonly why: string }
  /** Goes on by itself until the reader has seen this and presses Ctrl-C. */
  | { readonly kind: "until"; readonly seen: RegExp }
  /** Ends with this code, because what the text tells of is not well. */
  | { readonly kind: "ends"; readonly code: number };

/** Reads what stands after ` ```sh `: nothing, `not-run: why`, `until: pattern` or `ends: code`. */
export function documentMark(info: string): DocumentMark {
  if (info === "") return { kind: "run" };
  const [, word, rest = ""] = /^([a-z-]+): *(.+)$/.exec(info) ?? [];
  if (word === "not-run") return { kind: "not-run", why: rest };
  if (word === "until") return { kind: "until", seen: new RegExp(rest, "m") };
  if (word === "ends" && /^\d+$/.test(rest)) return { kind: "ends", code: Number(rest) };
  throw new Error(`"${info}" is none of not-run: <why>, until: <pattern> and ends: <code>`);
}
