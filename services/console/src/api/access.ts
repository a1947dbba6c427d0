import type { Time } from "./types.ts";

export interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: string;
  readonly disabled: boolean;
  readonly lastSignInAt?: Time;
  readonly providerId: string;
  readonly deprovisioned: boolean;
  readonly secondFactor: boolean;
}

export interface Role {
  readonly name: string;
  readonly description: string;
  readonly actions: readonly string[];
  readonly labelIds: readonly string[];
  readonly builtIn: boolean;
  readonly createdBy: string;
}

export interface ApiToken {
  readonly id: string;
  readonly name: string;
  readonly token: string;
  readonly role: string;
  readonly hint: string;
  readonly createdBy: string;
  readonly expiresAt?: Time;
  readonly lastUsedAt?: Time;
  readonly revokedAt?: Time;
}

export interface AuditRecord {
  readonly number: number;
  readonly time: Time;
  readonly type: string;
  readonly actor: string;
  readonly action: string;
  readonly outcome: string;
  readonly deviceId: string;
  readonly hash: string;
}
