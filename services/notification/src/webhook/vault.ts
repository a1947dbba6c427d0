import { randomBytes } from "node:crypto";
import { NONCE_BYTES, open, seal } from "../domain/sealing.ts";
import { SECRET_BYTES } from "../domain/signature.ts";

/** Keeps webhooks' secrets sealed under the master key, each bound to its tenant and webhook. */
export class Vault {
  readonly #masterKey: Buffer;

  constructor(masterKey: Buffer) {
    this.#masterKey = masterKey;
  }

  /** A new secret, open and sealed. */
  create(tenant: string, webhookId: string): { secret: Buffer; sealed: Buffer } {
    const secret = randomBytes(SECRET_BYTES);
    return { secret, sealed: seal(this.#masterKey, place(tenant, webhookId), secret, randomBytes(NONCE_BYTES)) };
  }

  open(tenant: string, webhookId: string, sealed: Buffer): Buffer {
    return open(this.#masterKey, place(tenant, webhookId), sealed);
  }
}

const place = (tenant: string, webhookId: string): string => `${tenant}/${webhookId}`;
