import { compareVersions } from "./version-order.ts";

export const OPERATORS = ["equals", "not_equals", "contains", "starts_with", "greater_than", "less_than"] as const;
export type Operator = (typeof OPERATORS)[number];

export interface Condition {
  readonly fact: string;
  readonly field: string;
  readonly operator: Operator;
  readonly value: string;
}

/** Whether a fact meets the condition; of a fact with many rows, whether one of them does. A missing field never does. */
export function meets(condition: Condition, fact: unknown): boolean {
  if (Array.isArray(fact)) return fact.some((row) => meets(condition, row));
  if (typeof fact !== "object" || fact === null) return false;
  const field = (fact as Record<string, unknown>)[condition.field];
  if (typeof field !== "string" && typeof field !== "number") return false;
  const text = String(field).toLowerCase();
  const wanted = condition.value.toLowerCase();
  switch (condition.operator) {
    case "equals":
      return text === wanted;
    case "not_equals":
      return text !== wanted;
    case "contains":
      return text.includes(wanted);
    case "starts_with":
      return text.startsWith(wanted);
    case "greater_than":
      return compareVersions(text, wanted) > 0;
    case "less_than":
      return compareVersions(text, wanted) < 0;
  }
}
