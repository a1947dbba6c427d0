import { type JsonObject, keyOf, type Resource } from "./kind.ts";
import { KINDS, kindNamed } from "./kinds.ts";

/** One thing that is made, changed or removed. It is known by kind and name, so that it can be done, and undone, twice. */
export interface Step {
  readonly kind: string;
  readonly name: string;
  readonly action: "create" | "change" | "delete";
  /** As it should be, with names for ids; nothing when it is removed. */
  readonly wanted: JsonObject | undefined;
  /** As it was; nothing when it is made. */
  readonly before: Resource | undefined;
  /** Whether the state before cannot be brought back, as a secret of it is known to nobody. */
  readonly lasting: boolean;
}

/**
 * In which order steps are taken: what others refer to first, removals last and the other way round; and what cannot be
 * brought back after all that can, so that a failure before it leaves nothing behind.
 */
export function inOrder<S extends Step>(steps: readonly S[]): S[] {
  const held = heldToTheEnd(steps);
  return steps
    .map((step, index) => ({ step, index, weight: weightOf(step, held) }))
    .toSorted((one, other) => compare(one.weight, other.weight) || one.index - other.index)
    .map(({ step }) => step);
}

/** Kinds that what is removed for good may refer to: they are removed after it, although they could be brought back. */
const heldToTheEnd = (steps: readonly Step[]): ReadonlySet<string> =>
  new Set(
    steps
      .filter(({ action, lasting }) => action === "delete" && lasting)
      .flatMap(({ kind }) => kindNamed(kind)?.references?.map((each) => each.kind) ?? []),
  );

function weightOf({ action, kind, lasting, wanted, before }: Step, held: ReadonlySet<string>): readonly number[] {
  const place = KINDS.findIndex((each) => each.kind === kind);
  const rank = kindNamed(kind)?.rank?.(wanted ?? before?.json ?? {}) ?? 0;
  const forward = action === "delete" ? -1 : 1;
  const isLate = lasting || (action === "delete" && held.has(kind));
  return [action === "delete" ? 1 : 0, isLate ? 1 : 0, forward * place, forward * rank];
}

const compare = (one: readonly number[], other: readonly number[]): number =>
  one.map((each, index) => each - (other[index] ?? 0)).find((difference) => difference !== 0) ?? 0;

/** Steps that may be taken at the same time: neighbours that do not refer to each other. */
export function together(steps: readonly Step[], most: number): (readonly Step[])[] {
  const held = heldToTheEnd(steps);
  const groups: Step[][] = [];
  for (const step of steps) {
    const group = groups.at(-1);
    const first = group?.[0];
    const alike = first !== undefined && compare(weightOf(first, held), weightOf(step, held)) === 0;
    if (group !== undefined && alike && group.length < most) group.push(step);
    else groups.push([step]);
  }
  return groups;
}

/** A thing as people call it. */
export const told = (step: { readonly kind: string; readonly name: string }): string => keyOf(step).replace("/", " ");
