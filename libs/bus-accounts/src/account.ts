import type { KeyPair } from "@nats-io/nkeys";
import { signToken } from "./token.ts";
import { type Permissions, permissionClaims } from "./user.ts";

/** Bounds of an account that serves one subscriber. */
export interface AccountLimits {
  readonly connections: number;
  readonly subscriptions: number;
  readonly payloadBytes: number;
  readonly storageBytes: number;
  readonly streams: number;
  readonly consumers: number;
}

/** What users may do who are signed with this key. */
export interface AccountRole {
  readonly name: string;
  /** The public key. */
  readonly key: string;
  readonly permissions: Permissions;
}

export interface Account {
  readonly name: string;
  /** Its public key. */
  readonly subject: string;
  /** Unlimited when left out. */
  readonly limits?: AccountLimits;
  /** The system account, in which there can be no streams. */
  readonly system?: true;
  readonly roles?: readonly AccountRole[];
  /** Users, by public key, and until when what was signed for them is void. */
  readonly revocations?: Readonly<Record<string, Date>>;
}

const UNLIMITED = -1;

/** An account: a world of its own, which shares no subject with another since it neither imports nor exports. */
export const accountToken = (account: Account, operator: KeyPair, now: Date): string =>
  signToken(
    {
      name: account.name,
      subject: account.subject,
      nats: {
        type: "account",
        limits: limitsOf(account),
        signing_keys: account.roles?.map(roleClaims) ?? [],
        revocations: revocationsOf(account),
      },
    },
    operator,
    now,
  );

function limitsOf({ limits, system }: Account): Readonly<Record<string, number | boolean>> {
  const streams = system ? 0 : UNLIMITED;
  return {
    subs: limits?.subscriptions ?? UNLIMITED,
    data: UNLIMITED,
    payload: limits?.payloadBytes ?? UNLIMITED,
    conn: limits?.connections ?? UNLIMITED,
    leaf: limits ? 0 : UNLIMITED,
    imports: 0,
    exports: 0,
    wildcards: false,
    disallow_bearer: true,
    mem_storage: limits ? 0 : streams,
    disk_storage: limits?.storageBytes ?? streams,
    streams: limits?.streams ?? streams,
    consumer: limits?.consumers ?? streams,
    max_ack_pending: UNLIMITED,
    mem_max_stream_bytes: UNLIMITED,
    disk_max_stream_bytes: limits?.storageBytes ?? UNLIMITED,
    max_bytes_required: limits !== undefined,
  };
}

const roleClaims = ({ name, key, permissions }: AccountRole): object => ({
  kind: "user_scope",
  key,
  role: name,
  template: permissionClaims(permissions),
});

const revocationsOf = ({ revocations = {} }: Account): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(revocations).map(([user, until]) => [user, Math.floor(until.getTime() / 1000)] as const),
  );
