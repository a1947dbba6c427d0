import type { AnswerRow } from "../sql/engine.ts";

export interface Difference {
  readonly added: readonly AnswerRow[];
  readonly removed: readonly AnswerRow[];
}

/** What came and what went; a row that is there twice counts twice. */
export function difference(before: readonly AnswerRow[], after: readonly AnswerRow[]): Difference {
  const counts = new Map<string, number>();
  for (const row of before) counts.set(keyOf(row), (counts.get(keyOf(row)) ?? 0) + 1);
  const take = (row: AnswerRow): boolean => {
    const left = counts.get(keyOf(row)) ?? 0;
    if (left > 0) counts.set(keyOf(row), left - 1);
    return left > 0;
  };
  const added = after.filter((row) => !take(row));
  // What nobody took of the rows before is gone.
  return { added, removed: before.filter(take) };
}

const keyOf = (row: AnswerRow): string => JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)));
