import { validate as isUuid } from "uuid";
import { refuse } from "./refusals.ts";
import { ACTIONS, isBuiltIn, ROLES } from "./roles.ts";

const NAME = /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/;
const MAX_DESCRIPTION_LENGTH = 500;

/** The name of a role that a tenant makes. */
export function ownRoleName(text: string): string {
  if (!NAME.test(text))
    throw refuse("identity.bad_name", "a role's name has 1 to 40 lower-case letters, digits and inner dashes");
  return refuseBuiltIn(text);
}

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
  if (names.length === 0) throw refuse("identity.unknown_right", "a role needs at least one right");
  const unknown = names.find((name) => !ACTIONS.admin.includes(name));
  if (unknown !== undefined)
    throw refuse("identity.unknown_right", `there is no right "${unknown}"; docs/rights.md lists all of them`);
  // Without them nobody could ask what they may, or set up an authenticator app.
  return [...new Set([...names, "self.read", "self.write"])].toSorted();
}

const MOST_LABELS = 100;

/** The ids of labels that a role is bound to. One that there is not is carried by no device. */
export function labelsOf(ids: readonly string[]): string[] {
  const bad = ids.find((id) => !isUuid(id));
  if (bad !== undefined)
    throw refuse("identity.bad_label", `"${bad}" is not a label's id; muster get labels lists them`);
  if (ids.length > MOST_LABELS) throw refuse("identity.bad_label", `a role is bound to at most ${MOST_LABELS} labels`);
  return [...new Set(ids)];
}
