import type { Role } from "./roles.ts";

/** Who asks, as it was proved with this request. */
export interface Principal {
  readonly tenant: string;
  /** A person's address, or token:<name>. */
  readonly actor: string;
  readonly role: Role;
  /** The user's or token's id: names are given twice, ids are not. */
  readonly id: string;
  /** With what it was proved: the API token's id, or the beginning of the session's hash. */
  readonly credential: string;
  /** How it was proved; a cookie is sent by the browser unasked, so what it may do is checked further. */
  readonly proof: "token" | "session" | "service";
}

/** Its callers see all tenants, and its administrators make new ones. */
export const FIRST_TENANT = "default";
