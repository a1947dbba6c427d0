import { personName } from "./names.ts";
import { refuse } from "./refusals.ts";

export interface RoleOfGroup {
  readonly group: string;
  /** One of Muster's own, or one that the tenant made. */
  readonly role: string;
}

/** An OpenID provider with which a tenant's people sign in. */
export interface SignInProvider {
  readonly tenant: string;
  readonly id: string;
  readonly name: string;
  /** With the client it is whose word counts; it never changes, because people are known by what it calls them. */
  readonly issuer: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly groupsClaim: string;
  readonly rolesOfGroups: readonly RoleOfGroup[];
  readonly createdAt: Date;
}

/** What an administrator says of a provider. */
export type GivenProvider = Omit<SignInProvider, "tenant" | "id" | "createdAt">;

type Claims = Readonly<Record<string, unknown>>;

const LONGEST = 200;
const MOST_GROUPS = 200;
/** What is asked for, and the claim that the groups are looked for in, unless an administrator says otherwise. */
export const SCOPES: readonly string[] = ["openid", "email", "profile"];
export const GROUPS_CLAIM = "groups";

/** Checks what an administrator gives. The issuer has to be one that the platform's operator lets tenants name. */
export function checkProvider(given: GivenProvider, issuers: readonly string[]): GivenProvider {
  const bad = (message: string) => refuse("sign_in.bad_provider", message);
  const fits = (text: string) => text !== "" && text.length <= LONGEST && !text.includes("\0");
  const name = given.name.trim();
  if (!fits(name)) throw bad(`name has 1 to ${LONGEST} characters`);
  if (!issuers.includes(given.issuer))
    throw bad("issuer is none that this platform asks: an operator can allow it with MUSTER_OIDC_ISSUERS");
  if (!fits(given.clientId)) throw bad(`client_id has 1 to ${LONGEST} characters`);
  const scopes = given.scopes.length === 0 ? SCOPES : [...new Set(["openid", ...given.scopes])];
  // RFC 6749 §3.3.
  if (scopes.length > 20 || scopes.some((scope) => !/^[\x21\x23-\x5B\x5D-\x7E]{1,200}$/.test(scope)))
    throw bad("scopes are at most 20 words without spaces");
  const groupsClaim = given.groupsClaim === "" ? GROUPS_CLAIM : given.groupsClaim;
  if (!fits(groupsClaim)) throw bad(`groups_claim has at most ${LONGEST} characters`);
  if (given.rolesOfGroups.length > MOST_GROUPS) throw bad(`roles_of_groups names at most ${MOST_GROUPS} groups`);
  const groups = given.rolesOfGroups.map(({ group }) => group);
  if (!groups.every(fits)) throw bad(`a group has 1 to ${LONGEST} characters`);
  if (new Set(groups).size < groups.length) throw bad("roles_of_groups names a group twice");
  return { ...given, name, scopes, groupsClaim };
}

/** The role of somebody in these groups: that of the first mapping that fits, or none. */
export const roleOfGroups = (
  groups: readonly string[],
  { rolesOfGroups }: Pick<SignInProvider, "rolesOfGroups">,
): string | undefined => rolesOfGroups.find(({ group }) => groups.includes(group))?.role;

/** A person as a provider tells of one. */
export interface ToldPerson {
  readonly subject: string;
  /** The address, or what else the provider calls the person by. */
  readonly email: string;
  readonly name: string;
  /** By what else the provider may have told of the person before. */
  readonly accounts: readonly string[];
  readonly groups: readonly string[];
}

/** The person in a provider's claims (OpenID Connect Core §5.1). */
export function personIn(claims: Claims, { groupsClaim }: Pick<SignInProvider, "groupsClaim">): ToldPerson {
  const textOf = (value: unknown) =>
    typeof value === "string" && value.length <= LONGEST && !value.includes("\0") ? value.trim() : "";
  const subject = String(claims["sub"]);
  // An address that the provider has not verified is whatever the person wrote there.
  const email = claims["email_verified"] === false ? "" : textOf(claims["email"]);
  const accounts = [email, textOf(claims["preferred_username"])].filter(Boolean).map((each) => each.toLowerCase());
  const account = personName(accounts[0] ?? subject);
  const told = claims[groupsClaim];
  const groups = (Array.isArray(told) ? told : [told]).filter((group) => typeof group === "string");
  return { subject, email: account, name: textOf(claims["name"]) || account, accounts, groups };
}
