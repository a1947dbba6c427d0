import { randomBytes } from "node:crypto";
import type { Vault } from "@muster/vault/vault";
import { SECRET_BYTES } from "../domain/signature.ts";
import type { SecretFields } from "../domain/sinks/secret-fields.ts";
import type { SinkSecrets, WebhookSecrets } from "../usecases/ports.ts";

/** Keeps the secrets of webhooks and sinks sealed, each bound to its tenant and to whom it is of. */
export class SecretVault implements WebhookSecrets, SinkSecrets {
  readonly #vault: Vault;

  constructor(vault: Vault) {
    this.#vault = vault;
  }

  /** A new secret, open and sealed. */
  create(tenant: string, webhookId: string): { secret: Buffer; sealed: Buffer } {
    const secret = randomBytes(SECRET_BYTES);
    return { secret, sealed: this.seal(tenant, webhookId, secret) };
  }

  seal(tenant: string, ownerId: string, secret: Buffer): Buffer {
    return this.#vault.seal(place(tenant, ownerId), secret);
  }

  open(tenant: string, ownerId: string, sealed: Buffer): Buffer {
    return this.#vault.open(place(tenant, ownerId), sealed);
  }

  sealFields(tenant: string, sinkId: string, fields: SecretFields): Buffer {
    return this.#vault.seal(sinkPlace(tenant, sinkId), Buffer.from(JSON.stringify(fields)));
  }

  openFields(tenant: string, sinkId: string, sealed: Buffer): SecretFields {
    return JSON.parse(this.#vault.open(sinkPlace(tenant, sinkId), sealed).toString()) as SecretFields;
  }
}

const sinkPlace = (tenant: string, sinkId: string): string => `${tenant}/sink/${sinkId}`;
const place = (tenant: string, ownerId: string): string => `${tenant}/${ownerId}`;
