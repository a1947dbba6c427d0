/** A field that somebody else changed to something else than what was written here. */
export interface Difference<Draft> {
  readonly name: keyof Draft & string;
  readonly mine: Draft[keyof Draft & string];
  readonly theirs: Draft[keyof Draft & string];
  /** Whether it was changed here too: only then is there something to choose. */
  readonly touched: boolean;
}

interface Together<Draft> {
  readonly draft: Draft;
  readonly differences: readonly Difference<Draft>[];
}

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/**
 * What was written and what somebody else saved meanwhile, both begun from what was seen: what was written stays, and what
 * only they changed is taken over.
 */
export function bringTogether<Draft extends object>(seen: Draft, mine: Draft, theirs: Draft): Together<Draft> {
  const names = Object.keys(theirs) as (keyof Draft & string)[];
  const differences = names
    .filter((name) => !isSame(theirs[name], seen[name]) && !isSame(theirs[name], mine[name]))
    .map((name) => ({ name, mine: mine[name], theirs: theirs[name], touched: !isSame(mine[name], seen[name]) }));
  const taken = differences.filter(({ touched }) => !touched).map(({ name, theirs: value }) => [name, value] as const);
  return { draft: { ...mine, ...Object.fromEntries(taken) }, differences };
}

/** Whether the form holds this side of a difference now. */
export const holds = <Draft extends object>(draft: Draft, name: keyof Draft, side: unknown): boolean =>
  isSame(draft[name], side);
