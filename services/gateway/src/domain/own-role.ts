import { validate as isUuid } from "uuid";
import { roleNameOf } from "./names.ts";
import { refuse } from "./refusals.ts";
import { ACTIONS, EVERYONES, isBuiltIn, ROLES } from "./roles.ts";

const MAX_DESCRIPTION_LENGTH = 500;

/** The name of a role that a tenant makes. */
export const ownRoleName = (text: string): string => refuseBuiltIn(roleNameOf(text));

/** Muster's own roles are the same everywhere. */
export function refuseBuiltIn(name: string): string {
  if (isBuiltIn(name))
    throw refuse(
      "identity.role_built_in",
      `${ROLES.join(", ")} are Muster's own roles; make another of the rights you want`,
    );
  return name;
}

export function descriptionOf(text: string): string {
  const description = text.trim();
  if (description.length > MAX_DESCRIPTION_LENGTH)
    throw refuse("identity.bad_name", `a description has at most ${MAX_DESCRIPTION_LENGTH} characters`);
  return description;
}

/** Rights as they are kept: each once, in the order of their names. An administrator has all there are. */
export function actionsOf(names: readonly string[]): string[] {
  if (names.length === 0)
    throw refuse("identity.unknown_right", "actions are missing: a role needs at least one right");
  const unknown = names.find((name) => !ACTIONS.admin.includes(name));
  if (unknown !== undefined)
    throw refuse("identity.unknown_right", `actions: there is no right "${unknown}"; docs/rights.md lists all of them`);
  return [...new Set([...names, ...EVERYONES])].toSorted();
}

const MOST_LABELS = 100;

/** The ids of labels that a role is bound to. One that there is not is carried by no device. */
export function labelsOf(ids: readonly string[]): string[] {
  const bad = ids.find((id) => !isUuid(id));
  if (bad !== undefined)
    throw refuse("identity.bad_label", `label_ids: "${bad}" is not a label's id; muster get labels lists them`);
  if (ids.length > MOST_LABELS) throw refuse("identity.bad_label", `a role is bound to at most ${MOST_LABELS} labels`);
  return [...new Set(ids)];
}
