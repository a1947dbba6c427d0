import type { ServiceDatabase } from "@muster/postgres/service-database";
import type { NotificationTables } from "../../storage/tables.ts";

/** Signs what receivers are to believe, and knows what it signed itself. */
export interface SignalSigner {
  sign(typ: string, claims: Readonly<Record<string, unknown>>): Promise<string>;
  /** The claims of a token that was signed here for this issuer and has not ended; nothing otherwise. */
  verify(typ: string, token: string, issuer: string): Promise<Readonly<Record<string, unknown>> | undefined>;
}

/** How a push ended. */
export type PushOutcome =
  | { readonly kind: "accepted" }
  | { readonly kind: "refused"; readonly error: string }
  | { readonly kind: "failed"; readonly error: string; readonly retryAfterMs: number };

/** Keeps Authorization headers of pushes. */
export interface SealedHeaders {
  seal(tenant: string, ownerId: string, secret: Buffer): Buffer;
  open(tenant: string, ownerId: string, sealed: Buffer): Buffer;
}

/** What the use cases of shared signals share. */
export interface SignalDeps {
  readonly database: ServiceDatabase<NotificationTables>;
  readonly vault: SealedHeaders;
  readonly signer: SignalSigner;
  readonly issuerOf: (tenant: string) => string;
  /** Refuses an address that must not be reached. */
  readonly checkReceiver: (url: string) => Promise<void>;
  /** Says that something new may wait for the receivers of a tenant. */
  readonly wake: (tenant: string) => void;
  readonly now: () => Date;
  readonly newId: () => string;
}
