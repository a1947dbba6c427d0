import { randomBytes } from "node:crypto";
import { NONCE_BYTES, open, seal } from "../domain/sealing.ts";
import { SECRET_BYTES } from "../domain/signature.ts";
import type { SecretFields } from "../domain/sinks/secret-fields.ts";
import type { SinkSecrets, WebhookSecrets } from "../usecases/ports.ts";

/** Keeps secrets sealed under the master key, each bound to its tenant and to whom it is of. */
export class Vault implements WebhookSecrets, SinkSecrets {
  readonly #masterKey: Buffer;

  constructor(masterKey: Buffer) {
    this.#masterKey = masterKey;
  }

  /** A new secret, open and sealed. */
  create(tenant: string, webhookId: string): { secret: Buffer; sealed: Buffer } {
    const secret = randomBytes(SECRET_BYTES);
    return { secret, sealed: this.seal(tenant, webhookId, secret) };
  }

  seal(tenant: string, ownerId: string, secret: Buffer): Buffer {
    return this.#seal(place(tenant, ownerId), secret);
  }

  open(tenant: string, ownerId: string, sealed: Buffer): Buffer {
    return open(this.#masterKey, place(tenant, ownerId), sealed);
  }

  sealFields(tenant: string, sinkId: string, fields: SecretFields): Buffer {
    return this.#seal(sinkPlace(tenant, sinkId), Buffer.from(JSON.stringify(fields)));
  }

  openFields(tenant: string, sinkId: string, sealed: Buffer): SecretFields {
    return JSON.parse(open(this.#masterKey, sinkPlace(tenant, sinkId), sealed).toString()) as SecretFields;
  }

  #seal(place: string, secret: Buffer): Buffer {
    return seal(this.#masterKey, place, secret, randomBytes(NONCE_BYTES));
  }
}

const sinkPlace = (tenant: string, sinkId: string): string => `${tenant}/sink/${sinkId}`;
const place = (tenant: string, ownerId: string): string => `${tenant}/${ownerId}`;
