import { personName } from "../names.ts";
import { type Attributes, attribute, attributesOf, badValue, booleanOf, textOf } from "./attributes.ts";
import type { Change } from "./patch.ts";

/** A person as a provider keeps one here. */
export interface ProvidedUser {
  readonly userName: string;
  readonly externalId: string | undefined;
  /** The address; without one the user name stands in for it. */
  readonly email: string;
  readonly name: string;
  readonly active: boolean;
}

const USER = "urn:ietf:params:scim:schemas:core:2.0:User";

/** The person in a resource that is made or replaced (RFC 7643 §4.1); what else is in it is not kept. */
export function userIn(body: unknown): ProvidedUser {
  const given = attributesOf(body);
  const userName = textOf(attribute(given, "userName"), "userName") ?? "";
  if (userName === "") throw badValue("userName is missing");
  const active = attribute(given, "active");
  return {
    userName,
    externalId: textOf(attribute(given, "externalId"), "externalId"),
    email: personName(addressIn(attribute(given, "emails")) || userName),
    name: textOf(attribute(given, "displayName"), "displayName") || nameIn(attribute(given, "name")) || userName,
    active: active === undefined || active === null || booleanOf(active, "active"),
  };
}

/** The person after one change; of attributes that are not kept it changes nothing. */
export function changedUser(user: ProvidedUser, { op, path, selected, value }: Change): ProvidedUser {
  const text = op === "remove" ? "" : value;
  switch (path) {
    case "active":
      return { ...user, active: op !== "remove" && booleanOf(value, "active") };
    case "username":
      return { ...user, userName: textOf(text, "userName") || user.userName };
    case "externalid":
      return { ...user, externalId: textOf(text, "externalId") || undefined };
    case "displayname":
    case "name.formatted":
      return { ...user, name: textOf(text, path) || user.name };
    case "name":
      return { ...user, name: nameIn(value) || user.name };
    case "emails":
      return { ...user, email: personName(addressIn(value)) || user.email };
    case "emails.value":
      // Work is what Entra and Okta call the address that counts.
      return selected === undefined || ["work", "true"].includes(selected.toLowerCase())
        ? { ...user, email: personName(textOf(text, "emails") ?? "") || user.email }
        : user;
    default:
      return user;
  }
}

/** The person as a SCIM resource. */
export const userResource = (id: string, user: ProvidedUser, createdAt: Date, base: string) => ({
  schemas: [USER],
  id,
  ...(user.externalId !== undefined && { externalId: user.externalId }),
  userName: user.userName,
  displayName: user.name,
  name: { formatted: user.name },
  emails: [{ value: user.email, type: "work", primary: true }],
  active: user.active,
  meta: { resourceType: "User", created: createdAt.toISOString(), location: `${base}/Users/${id}` },
});

function addressIn(emails: unknown): string {
  if (!Array.isArray(emails)) return "";
  const all: Attributes[] = emails.map(attributesOf);
  const chosen = all.find((each) => String(attribute(each, "primary")).toLowerCase() === "true") ?? all[0];
  return (chosen && textOf(attribute(chosen, "value"), "emails")) ?? "";
}

function nameIn(value: unknown): string {
  if (typeof value !== "object" || value === null) return "";
  const part = (name: string) => textOf(attribute(value as Attributes, name), `name.${name}`) ?? "";
  return part("formatted") || `${part("givenName")} ${part("familyName")}`.trim();
}
