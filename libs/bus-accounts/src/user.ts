import type { KeyPair } from "@nats-io/nkeys";
import { signToken } from "./token.ts";

/** Subjects a user may publish to and subscribe to; whatever is not named is forbidden, so neither may be empty. */
export interface Permissions {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
  /** Whether it may answer whoever asks it, on the subject that the request names. */
  readonly answers?: boolean;
}

export interface User {
  readonly name: string;
  /** Its public key. */
  readonly subject: string;
  /** May do everything in its account when left out. */
  readonly permissions?: Permissions;
  readonly expiresAt?: Date;
}

const UNLIMITED = -1;
/** How long after a request an answer may come, in nanoseconds. */
const ANSWER_WITHIN_NS = 60e9;

/** Permissions as they stand in the token of a user, or in the role of an account. */
export const permissionClaims = (permissions: Permissions | undefined): object => ({
  pub: permissions === undefined ? {} : { allow: permissions.publish },
  sub: permissions === undefined ? {} : { allow: permissions.subscribe },
  ...(permissions?.answers && { resp: { max: UNLIMITED, ttl: ANSWER_WITHIN_NS } }),
  subs: UNLIMITED,
  data: UNLIMITED,
  payload: UNLIMITED,
});

/** A user of the account whose key signs. */
export const userToken = ({ name, subject, permissions, expiresAt }: User, account: KeyPair, now: Date): string =>
  signToken(
    { name, subject, nats: { type: "user", ...permissionClaims(permissions) }, ...(expiresAt && { expiresAt }) },
    account,
    now,
  );

/**
 * A user in a role of an account, signed with the role's key: what it may do stands with the account. A client shows its
 * token in one line of 4 KiB, into which a service's permissions would not fit.
 */
export const roleUserToken = (
  { name, subject, account }: { readonly name: string; readonly subject: string; readonly account: string },
  role: KeyPair,
  now: Date,
): string => signToken({ name, subject, nats: { type: "user", issuer_account: account } }, role, now);

/** The content of a credentials file (.creds), which every NATS client reads: the token and the user's seed. */
export const credentialsFile = (token: string, user: KeyPair): string =>
  `-----BEGIN NATS USER JWT-----
${token}
------END NATS USER JWT------

This file is all that is needed to connect: keep it like a password.

-----BEGIN USER NKEY SEED-----
${Buffer.from(user.getSeed()).toString()}
------END USER NKEY SEED------
`;
