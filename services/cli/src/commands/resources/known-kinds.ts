import { usage } from "../../failure.ts";
import { RESOURCES } from "../resources.ts";
import type { Resource } from "./resource.ts";

export interface Kind extends Resource {
  /** Of many, such as policies. */
  readonly plural: string;
}

/** What `muster get` lists under this word; one is as good as many: policy and policies. */
export function kindOf(word: string): Kind {
  const plural = pluralOf(word);
  const resource = plural === undefined ? undefined : RESOURCES[plural];
  if (plural === undefined || resource === undefined)
    throw usage(`there is no "${word}"; there are ${Object.keys(RESOURCES).join(", ")}`);
  return { ...resource, plural };
}

export const isKind = (word: string): boolean => pluralOf(word) !== undefined;

const pluralOf = (word: string): string | undefined =>
  [word, `${word}s`, word.replace(/y$/, "ies")].find((plural) => Object.hasOwn(RESOURCES, plural));
