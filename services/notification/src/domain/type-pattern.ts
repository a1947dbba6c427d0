import { events } from "@muster/contracts/gen/events";
import { refuse } from "./refusals.ts";

const SHAPE = /^[A-Za-z0-9.]*\*?$/;

/** A filter on event types as a LIKE pattern; refused when no event could ever match it. */
export function likePatternOf(filter: string): string {
  if (filter === "" || !SHAPE.test(filter)) {
    throw refuse(
      "activity.bad_type",
      `"${filter}" is no event type: write one such as muster.policy.v1.ComplianceChanged, or muster.policy.*`,
    );
  }
  const prefix = filter.replace(/\*$/, "");
  const matches = Object.keys(events).some((type) =>
    filter.endsWith("*") ? type.startsWith(prefix) : type === prefix,
  );
  if (!matches) throw refuse("activity.bad_type", `there is no event type "${filter}"`);
  return filter.replace(/\*$/, "%");
}

/** The filter that a pattern was made of. */
export const filterOf = (likePattern: string): string => likePattern.replace(/%$/, "*");
