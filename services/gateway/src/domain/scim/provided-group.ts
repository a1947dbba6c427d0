import { type Attributes, attribute, attributesOf, badValue, textOf } from "./attributes.ts";
import type { Change } from "./patch.ts";

/** A group as a provider keeps one here. */
export interface ProvidedGroup {
  readonly name: string;
  readonly externalId: string | undefined;
  /** The ids of its people here. */
  readonly members: ReadonlySet<string>;
}

const GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";

/** The group in a resource that is made or replaced (RFC 7643 §4.2). */
export function groupIn(body: unknown): ProvidedGroup {
  const given = attributesOf(body);
  const name = textOf(attribute(given, "displayName"), "displayName") ?? "";
  if (name === "") throw badValue("displayName is missing");
  return {
    name,
    externalId: textOf(attribute(given, "externalId"), "externalId"),
    members: new Set(idsIn(attribute(given, "members"))),
  };
}

/** The group after one change; of attributes that are not kept it changes nothing. */
export function changedGroup(group: ProvidedGroup, { op, path, selected, value }: Change): ProvidedGroup {
  switch (path) {
    case "displayname":
      return { ...group, name: textOf(op === "remove" ? "" : value, "displayName") || group.name };
    case "externalid":
      return { ...group, externalId: textOf(op === "remove" ? "" : value, "externalId") || undefined };
    case "members":
      return { ...group, members: changedMembers(group.members, op, selected, value) };
    default:
      return group;
  }
}

function changedMembers(
  members: ReadonlySet<string>,
  op: Change["op"],
  selected: string | undefined,
  value: unknown,
): ReadonlySet<string> {
  const named = selected === undefined ? idsIn(value) : [selected];
  if (op === "add") return new Set([...members, ...named]);
  if (op === "replace") return new Set(named);
  // Okta names one in the path, Entra ID lists them as the value; with neither all are meant.
  return selected === undefined && value === undefined ? new Set() : without(members, new Set(named));
}

/** Those of the first that are not among the second. */
export const without = (members: ReadonlySet<string>, others: ReadonlySet<string>): ReadonlySet<string> =>
  new Set([...members].filter((each) => !others.has(each)));

/** The group as a SCIM resource. */
export const groupResource = (
  id: string,
  { externalId, members, name }: ProvidedGroup,
  createdAt: Date,
  base: string,
) => ({
  schemas: [GROUP],
  id,
  ...(externalId !== undefined && { externalId }),
  displayName: name,
  members: [...members].map((value) => ({ value, $ref: `${base}/Users/${value}` })),
  meta: { resourceType: "Group", created: createdAt.toISOString(), location: `${base}/Groups/${id}` },
});

function idsIn(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  const all: Attributes[] = (Array.isArray(value) ? value : [value]).map(attributesOf);
  return all.map((each) => {
    const id = textOf(attribute(each, "value"), "members");
    if (id === undefined) throw badValue("a member has a value: the id of a user");
    return id;
  });
}
