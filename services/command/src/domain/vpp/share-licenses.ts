/** Whoever wants a license of one app. */
export interface Wanting {
  readonly assignee: string;
}

export interface Shared<T extends Wanting> {
  readonly given: readonly T[];
  /** For these no license is left. */
  readonly left: readonly T[];
}

/**
 * Who gets a license when there may be too few: those who wait longest first, in the order that is given. Who has one already
 * needs none.
 */
export function shareLicenses<T extends Wanting>(
  waiting: readonly T[],
  available: number,
  have: ReadonlySet<string>,
): Shared<T> {
  const given: T[] = [];
  const left: T[] = [];
  let free = available;
  for (const each of waiting) {
    if (have.has(each.assignee)) given.push(each);
    else if (free > 0) {
      free -= 1;
      given.push(each);
    } else left.push(each);
  }
  return { given, left };
}
