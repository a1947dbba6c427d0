import type { KeyPair } from "@nats-io/nkeys";
import type { NatsConnection } from "@nats-io/transport-node";
import { signToken } from "./token.ts";

const UPDATE = "$SYS.REQ.CLAIMS.UPDATE";
const DELETE = "$SYS.REQ.CLAIMS.DELETE";
const ANSWER_WITHIN_MS = 5_000;

/** What it takes to tell a server of accounts, in the system account; nothing else there is allowed. */
export const claimsPermissions = { publish: [UPDATE, DELETE], subscribe: ["_INBOX_system.>"], answers: false } as const;

interface ClaimsAnswer {
  readonly data?: { readonly code: number; readonly message?: string };
  readonly error?: { readonly code: number; readonly description?: string };
}

/** Gives the servers an account, new or changed; whom it revokes is cut off. Throws when no server takes it. */
export const pushAccount = (system: NatsConnection, token: string): Promise<void> => ask(system, UPDATE, token);

/** Takes an account from the servers: its connections end. */
export function removeAccount(system: NatsConnection, account: string, operator: KeyPair, now: Date): Promise<void> {
  const subject = operator.getPublicKey();
  const token = signToken({ name: "removal", subject, nats: { type: "generic", accounts: [account] } }, operator, now);
  return ask(system, DELETE, token);
}

async function ask(system: NatsConnection, subject: string, token: string): Promise<void> {
  const answer = (await system.request(subject, token, { timeout: ANSWER_WITHIN_MS })).json<ClaimsAnswer>();
  if (answer.error !== undefined || answer.data?.code !== 200) {
    throw new Error(`the bus did not take the account: ${answer.error?.description ?? answer.data?.message ?? "?"}`);
  }
}
