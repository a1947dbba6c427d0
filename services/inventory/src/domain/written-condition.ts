import { type Condition, OPERATORS } from "./label-condition.ts";
import { refuse } from "./refusals.ts";

const WRITTEN = new RegExp(`^\\s*(\\w+)\\.(\\w+)\\s+(${OPERATORS.join("|")})\\s+(.*\\S)\\s*$`);

/** The condition of a fact label as one line says it: os_version.name starts_with Ubuntu. */
export function conditionIn(text: string): Condition {
  const [, fact = "", field = "", operator, value = ""] = WRITTEN.exec(text) ?? [];
  const found = OPERATORS.find((each) => each === operator);
  if (found === undefined)
    throw refuse(
      "list.bad_condition",
      `condition is <fact>.<field> <operator> <value>, such as os_version.name starts_with Ubuntu; the operators are ${OPERATORS.join(", ")}`,
    );
  return { fact, field, operator: found, value };
}
