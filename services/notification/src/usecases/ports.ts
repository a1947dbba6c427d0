import type { SecretFields } from "../domain/sinks/secret-fields.ts";

/** One message to a receiver. */
export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Makes webhooks' secrets, and opens sealed ones. */
export interface WebhookSecrets {
  /** A new secret, open and sealed. */
  create(tenant: string, webhookId: string): { readonly secret: Buffer; readonly sealed: Buffer };
  open(tenant: string, webhookId: string, sealed: Buffer): Buffer;
}

/** Seals what is secret of a sink's configuration, and opens it again. */
export interface SinkSecrets {
  sealFields(tenant: string, sinkId: string, fields: SecretFields): Buffer;
  openFields(tenant: string, sinkId: string, sealed: Buffer): SecretFields;
}

/** Knows when a tenant may have new events, whichever replica heard them. */
export interface ActivityWakes {
  /** Watches until the signal is aborted. */
  watch(tenant: string, signal: AbortSignal): ActivityWatch;
}

export interface ActivityWatch {
  /** Resolves at the next wake from now on, or when the watch ends. */
  next(): Promise<void>;
}
