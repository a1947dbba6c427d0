import { didYouMean } from "./did-you-mean.ts";
import { type JsonObject, type Kind, keyOf } from "./kind.ts";
import { KINDS, kindNamed } from "./kinds.ts";
import { type Problem, readSpec } from "./read-spec.ts";
import type { Shape } from "./shape.ts";

/** One thing as it should be, as somebody wrote it. */
export interface Document {
  readonly kind: string;
  readonly name: string;
  readonly spec: JsonObject;
  /** Contents that the spec refers to, by field. */
  readonly values: ReadonlyMap<string, Uint8Array>;
}

/** A problem, and the number of the document that has it. */
export interface DocumentProblem extends Problem {
  readonly document: number;
}

/** A document that was read. Its JSON has names where the service has ids. */
export interface Wanted {
  readonly document: number;
  readonly kind: Kind;
  readonly name: string;
  readonly json: JsonObject;
  readonly values: ReadonlyMap<string, Uint8Array>;
}

export interface ReadDocuments {
  readonly wanted: readonly Wanted[];
  readonly problems: readonly DocumentProblem[];
}

const LONGEST_NAME = 200;

/** Reads documents; all that is wrong with any of them is told at once. */
export function readDocuments(documents: readonly Document[], shapeOf: (kind: Kind) => Shape): ReadDocuments {
  const problems: DocumentProblem[] = [];
  const wanted: Wanted[] = [];
  const seen = new Set<string>();
  documents.forEach(({ kind: kindName, name, spec, values }, document) => {
    const problem = (path: string, message: string): void => void problems.push({ document, path, message });
    const kind = kindNamed(kindName);
    if (kind === undefined) {
      const names = KINDS.map((each) => each.kind);
      const hint = didYouMean(kindName, names);
      return problem("kind", `"${kindName}" is not known${hint === "" ? `; known are ${names.join(", ")}` : hint}`);
    }
    if (name.trim() === "" || name.length > LONGEST_NAME || name !== name.trim())
      return problem("metadata.name", `has 1 to ${LONGEST_NAME} characters, without spaces around them`);
    if (kind.methods.create === undefined && name !== "default")
      return problem("metadata.name", `is "default": there is exactly one ${kind.kind}`);
    if (seen.has(keyOf({ kind: kindName, name })))
      return problem("metadata.name", `is taken: another document is the ${kindName} "${name}"`);
    seen.add(keyOf({ kind: kindName, name }));
    const read = readSpec(shapeOf(kind), spec, values);
    for (const each of read.problems) problems.push({ document, ...each });
    wanted.push({ document, kind, name, json: { ...kind.defaults, ...read.json }, values });
  });
  return { wanted, problems };
}
