import { type MinimumSystem, oddMinimum } from "../automated/update-gate.ts";
import type { Ownership } from "../claim.ts";
import { refuse } from "../refusals.ts";

/** How people sign in whose managed account leads a device here: an OpenID provider, and the mail domains it answers for. */
export interface AccountSignIn {
  readonly tenant: string;
  readonly id: string;
  readonly name: string;
  readonly issuer: string;
  readonly clientId: string;
  /** Whether there is a client secret; without it we are a public client. */
  readonly hasSecret: boolean;
  /** In lower case. */
  readonly domains: readonly string[];
  /** Whether people may bring their own devices (account-driven user enrollment). */
  readonly allowsPersonal: boolean;
  /** Whether the organisation's own devices come this way (account-driven device enrollment). */
  readonly allowsCorporate: boolean;
  /** After so many days a person signs in anew. */
  readonly signInDays: number;
  /** The oldest systems that may enroll. */
  readonly minimums: readonly MinimumSystem[];
  readonly createdAt: Date;
  /** Rises with each change. */
  readonly revision: number;
}

const LONGEST_NAME = 100;
const MOST_DOMAINS = 100;
const MOST_DAYS = 366;
const DEFAULT_SIGN_IN_DAYS = 90;
const DOMAIN = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/;

/** Checks what an administrator gives. The issuer has to be one that the platform's operator lets tenants name. */
export function checkSignIn(given: AccountSignIn, issuers: readonly string[]): AccountSignIn {
  const bad = (message: string) => refuse("account.bad_sign_in", message);
  const name = given.name.trim();
  if (name === "" || name.length > LONGEST_NAME || name.includes("\0"))
    throw bad(`name has 1 to ${LONGEST_NAME} characters`);
  if (!issuers.includes(given.issuer))
    throw bad("issuer is none that this platform asks: an operator can allow it with MUSTER_OIDC_ISSUERS");
  if (given.clientId === "" || given.clientId.length > 200) throw bad("client_id has 1 to 200 characters");
  const domains = [...new Set(given.domains.map((domain) => domain.trim().toLowerCase()))];
  if (domains.length === 0 || domains.length > MOST_DOMAINS)
    throw bad(`domains names 1 to ${MOST_DOMAINS} mail domains`);
  const odd = domains.find((domain) => !DOMAIN.test(domain));
  if (odd !== undefined) throw bad(`"${odd}" is no mail domain such as example.org`);
  if (!given.allowsPersonal && !given.allowsCorporate)
    throw bad("neither personal nor corporate devices are allowed: allow at least one");
  const signInDays = given.signInDays === 0 ? DEFAULT_SIGN_IN_DAYS : given.signInDays;
  if (signInDays < 1 || signInDays > MOST_DAYS) throw bad(`sign_in_days is 1 to ${MOST_DAYS}`);
  const oddSystem = oddMinimum(given.minimums);
  if (oddSystem !== undefined) throw bad(oddSystem);
  return { ...given, name, domains, signInDays };
}

/** The mail domain of an account, in lower case; empty when it has none. */
export const domainOf = (account: string): string => /^[^@\s]+@([^@\s]+)$/.exec(account)?.[1]?.toLowerCase() ?? "";

export const allows = ({ allowsCorporate, allowsPersonal }: AccountSignIn, ownership: Ownership): boolean =>
  ownership === "personal" ? allowsPersonal : allowsCorporate;

/** The account in what the provider says of a person; nothing when that is no account of this sign-in's domains. */
export function accountIn(claims: Readonly<Record<string, unknown>>, { domains }: AccountSignIn): string | undefined {
  const { email, email_verified: verified, preferred_username: username } = claims;
  const isAccount = (value: unknown): value is string =>
    typeof value === "string" && value.length <= 200 && domains.includes(domainOf(value));
  // An address that the provider has not verified is whatever the person wrote there.
  if (isAccount(email) && verified !== false) return email;
  return isAccount(username) ? username : undefined;
}
