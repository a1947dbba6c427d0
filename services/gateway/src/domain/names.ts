import { refuse } from "./refusals.ts";

const EMAIL = /^[^\s@]+@[^\s@]+$/;

/** What the platform goes by where it is said who did something, and what the names of those begin with who are no persons. */
const OF_THE_PLATFORM =
  /^(policy|muster|owner|enrollment|inventory|command|notification|gateway)$|^(policy|token|device|provider):/;

/** What a person is called where it is said who did something, as a provider tells of one: in lower case, never as the platform. */
export function personName(text: string): string {
  const name = text.toLowerCase();
  return OF_THE_PLATFORM.test(name) ? `person:${name}` : name;
}

/** An address as it is kept: trimmed, lower case. "localhost" is a fine domain. */
export function emailOf(text: string): string {
  const email = text.trim().toLowerCase();
  if (email.length > 254 || !EMAIL.test(email) || OF_THE_PLATFORM.test(email))
    throw refuse("identity.bad_email", `"${text}" is not an email address`);
  return email;
}

const MAX_NAME_LENGTH = 200;

export function nameOf(text: string, what: string): string {
  const name = text.trim();
  if (name === "" || name.length > MAX_NAME_LENGTH) {
    throw refuse("identity.bad_name", `${what} needs a name of 1 to ${MAX_NAME_LENGTH} characters`);
  }
  return name;
}

const SHORT_NAME = /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/;
const SHORT_NAME_RULE = "has 1 to 40 lower-case letters, digits and inner dashes";

/** It becomes part of a NATS subject, so no dots, stars or spaces. */
export function tenantIdOf(text: string): string {
  if (!SHORT_NAME.test(text)) throw refuse("identity.bad_tenant_id", `a tenant's id ${SHORT_NAME_RULE}`);
  return text;
}

/** It becomes part of an address. */
export function roleNameOf(text: string): string {
  if (!SHORT_NAME.test(text)) throw refuse("identity.bad_name", `a role's name ${SHORT_NAME_RULE}`);
  return text;
}
