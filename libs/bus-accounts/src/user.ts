import type { KeyPair } from "@nats-io/nkeys";
import { signToken } from "./token.ts";

/** Subjects a user may publish to and subscribe to; whatever is not named is forbidden. */
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
/** A list that is empty would allow everything. */
const NOTHING = ["_nothing"];

/** A user of the account whose key signs. */
export function userToken({ name, subject, permissions, expiresAt }: User, account: KeyPair, now: Date): string {
  const allow = (subjects: readonly string[] | undefined) =>
    subjects === undefined ? {} : { allow: subjects.length === 0 ? NOTHING : subjects };
  const nats = {
    type: "user" as const,
    pub: allow(permissions?.publish),
    sub: allow(permissions?.subscribe),
    ...(permissions?.answers && { resp: { max: UNLIMITED, ttl: ANSWER_WITHIN_NS } }),
    subs: UNLIMITED,
    data: UNLIMITED,
    payload: UNLIMITED,
  };
  return signToken({ name, subject, nats, ...(expiresAt && { expiresAt }) }, account, now);
}

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
