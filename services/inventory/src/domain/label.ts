import { type Label, LabelKind } from "@muster/contracts/gen/muster/inventory/v1/device";
import { type Condition, OPERATORS } from "./label-condition.ts";
import { refuse } from "./refusals.ts";
import { checkedSql } from "./sql-check.ts";

/** What of a label people say; the rest is Muster's. */
export interface LabelWish {
  readonly name: string;
  readonly description: string;
  readonly kind: LabelKind;
  readonly query: string;
  readonly platforms: Label["platforms"];
  readonly condition: Condition | undefined;
}

/** A label as it is wished, checked; an update keeps the kind it has. */
export function checkedLabel(label: Label | undefined, kind = label?.kind): LabelWish {
  if (label === undefined || kind === undefined) throw refuse("label.bad", "label is missing");
  const name = label.name.trim();
  if (name === "" || name.length > 200) throw refuse("label.bad", "a label's name has 1 to 200 characters");
  const wish = { name, description: label.description.slice(0, 2_000), kind, platforms: label.platforms };
  switch (kind) {
    case LabelKind.LABEL_KIND_MANUAL:
      return { ...wish, query: "", condition: undefined };
    case LabelKind.LABEL_KIND_QUERY:
      return { ...wish, query: checkedSql(label.query), condition: undefined };
    case LabelKind.LABEL_KIND_FACT:
      return { ...wish, query: "", condition: checkedCondition(label.condition) };
    case LabelKind.LABEL_KIND_UNSPECIFIED:
      throw refuse("label.bad", "kind is LABEL_KIND_MANUAL, LABEL_KIND_QUERY or LABEL_KIND_FACT");
  }
}

function checkedCondition(condition: Label["condition"]): Condition {
  if (condition === undefined || condition.fact === "" || condition.field === "") {
    throw refuse("label.bad", "a label by fact needs a condition with fact and field");
  }
  const operator = OPERATORS.find((each) => each === condition.operator);
  if (operator === undefined) throw refuse("label.bad", `condition.operator is one of ${OPERATORS.join(", ")}`);
  return { fact: condition.fact, field: condition.field, operator, value: condition.value };
}
