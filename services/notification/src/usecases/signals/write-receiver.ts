import { createHash, randomBytes } from "node:crypto";
import type { SignalReceiver } from "@muster/contracts/gen/muster/notification/v1/signal";
import type { Caller } from "@muster/rpc/caller";
import { refuse } from "../../domain/refusals.ts";
import { receiverDraft } from "../../domain/signals/receiver-draft.ts";
import {
  findReceiver,
  type HeldReceiver,
  insertReceiver,
  replaceSecretHash,
  revokeReceiver,
} from "../../storage/signals/receivers.ts";
import type { SignalDeps } from "./ports.ts";

/** How long the secret before the present one works too. */
const OVERLAP_MS = 24 * 3600_000;
const SECRET_BYTES = 32;

/** 256 random bits need no slow hash. */
export const hashOf = (secret: string): Buffer => createHash("sha256").update(secret).digest();

export interface RevealedReceiver {
  readonly receiver: HeldReceiver;
  /** The one time it is shown. */
  readonly secret: string;
}

export const createReceiver =
  ({ database, now, newId }: SignalDeps) =>
  async ({ tenant }: Caller, asked: SignalReceiver | undefined): Promise<RevealedReceiver> => {
    const draft = receiverDraft(asked);
    const secret = randomBytes(SECRET_BYTES).toString("base64url");
    const id = newId();
    const receiver = await database.tenant(tenant, async ({ sql }) => {
      await insertReceiver(sql, tenant, id, draft, hashOf(secret), now());
      return findReceiver(sql, tenant, id);
    });
    // Okta asks for nothing here: a secret that nobody uses is not given out.
    return { receiver, secret: draft.dialect === "okta" ? "" : secret };
  };

export const rotateReceiver =
  ({ database, now }: SignalDeps) =>
  async ({ tenant }: Caller, id: string): Promise<RevealedReceiver> => {
    const secret = randomBytes(SECRET_BYTES).toString("base64url");
    const receiver = await database.tenant(tenant, async ({ sql }) => {
      const { dialect } = await findReceiver(sql, tenant, id);
      if (dialect === "okta") throw refuse("signal.managed_here", "Okta uses no secret: there is none to rotate");
      await replaceSecretHash(sql, tenant, id, hashOf(secret), new Date(now().getTime() + OVERLAP_MS));
      return findReceiver(sql, tenant, id);
    });
    return { receiver, secret };
  };

/** From now on it is shut out, with whatever token it has. */
export const revoke =
  ({ database, now }: SignalDeps) =>
  ({ tenant }: Caller, id: string): Promise<HeldReceiver> =>
    database.tenant(tenant, async ({ sql }) => {
      await findReceiver(sql, tenant, id);
      await revokeReceiver(sql, tenant, id, now());
      return findReceiver(sql, tenant, id);
    });
