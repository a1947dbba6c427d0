/** How a fact is compared, as the API calls it and as people say it. */
export const OPERATORS = [
  ["equals", "equal to"],
  ["not_equals", "not equal to"],
  ["contains", "with, inside it,"],
  ["starts_with", "beginning with"],
  ["greater_than", "a version above"],
  ["less_than", "a version below"],
] as const;

interface Parts {
  /** The fact and its field: os_version.name. */
  readonly field: string;
  readonly operator: (typeof OPERATORS)[number][0] | "";
  readonly value: string;
}

/** The parts of a condition; what is none has none. */
export function partsOf(condition: string): Parts {
  const [field = "", wanted = "", ...value] = condition.split(" ");
  const operator = OPERATORS.find(([name]) => name === wanted)?.[0];
  return operator === undefined
    ? { field: "", operator: "equals", value: "" }
    : { field, operator, value: value.join(" ") };
}

export const written = ({ field, operator, value }: Parts): string => [field.trim(), operator, value.trim()].join(" ");
