import type { ColumnType, Generated } from "kysely";
import type { RoleOfGroup } from "../domain/sign-in-provider.ts";

export interface TenantRow {
  tenant: string;
  name: string;
  created_at: Date;
}

export interface UserRow {
  tenant: string;
  id: string;
  email: string;
  name: string;
  role: string;
  password_hash: string | null;
  provider_id: Generated<string | null>;
  subject: Generated<string | null>;
  disabled: Generated<boolean>;
  deprovisioned: Generated<boolean>;
  second_factor_at: Generated<Date | null>;
  user_name: Generated<string | null>;
  external_id: Generated<string | null>;
  active: Generated<boolean>;
  last_sign_in_at: Date | null;
  created_at: Date;
  revision: Generated<number>;
}

export interface ApiTokenRow {
  tenant: string;
  id: string;
  name: string;
  role: string;
  token_hash: Buffer;
  hint: string;
  created_by: string;
  owner_id: string | null;
  created_at: Date;
  expires_at: Date | null;
  last_used_at: Date | null;
  revoked_at: Date | null;
}

/** A role of a tenant's own. */
export interface RoleRow {
  tenant: string;
  name: string;
  description: string;
  actions: string[];
  label_ids: string[];
  created_by: string;
  created_at: Date;
  updated_at: Date;
  revision: number;
}

export interface SessionRow {
  tenant: string;
  user_id: string;
  session_hash: Buffer;
  created_at: Date;
  last_used_at: Date;
  ends_at: Generated<Date | null>;
}

export interface SecondFactorRow {
  tenant: string;
  user_id: string;
  secret: Buffer;
  last_step: Generated<string | number>;
  created_at: Date;
}

export interface RecoveryCodeRow {
  tenant: string;
  user_id: string;
  code_hash: Buffer;
}

export interface AttemptRow {
  key: Buffer;
  whole_at: Date;
}

export interface SignInProviderRow {
  tenant: string;
  id: string;
  name: string;
  issuer: string;
  client_id: string;
  client_secret: Buffer | null;
  scopes: string[];
  groups_claim: string;
  roles_of_groups: ColumnType<RoleOfGroup[], string, string>;
  scim_token_hash: Generated<Buffer | null>;
  created_at: Date;
  revision: Generated<number>;
}

export interface ProviderGroupRow {
  tenant: string;
  id: string;
  provider_id: string;
  name: string;
  external_id: string | null;
  created_at: Date;
}

export interface ProviderGroupMemberRow {
  tenant: string;
  group_id: string;
  user_id: string;
}

export interface IdempotentRequestRow {
  tenant: string;
  principal: string;
  key: string;
  request_hash: Buffer;
  status: number | null;
  answer: Buffer | null;
  started_at: Date;
}

export interface OpenActionRow {
  tenant: string;
  id: string;
  asked: unknown;
  started_at: Date;
}

export interface DesiredStatePlanRow {
  tenant: string;
  id: string;
  state: string;
  plan: unknown;
  work: Buffer | null;
  reached: Generated<number>;
  principal: unknown;
  runner: string | null;
  touched_at: Date | null;
  error: Generated<string>;
  created_at: Date;
  expires_at: Date;
  ended_at: Date | null;
}

export interface DesiredStateResourceRow {
  tenant: string;
  kind: string;
  name: string;
  owner: string;
  resource_id: string;
  made: boolean;
  contents: Record<string, string>;
  applied_at: Date;
}

export interface GatewayTables {
  tenants: TenantRow;
  users: UserRow;
  api_tokens: ApiTokenRow;
  roles: RoleRow;
  sessions: SessionRow;
  second_factors: SecondFactorRow;
  recovery_codes: RecoveryCodeRow;
  attempts: AttemptRow;
  provider_groups: ProviderGroupRow;
  provider_group_members: ProviderGroupMemberRow;
  sign_in_providers: SignInProviderRow;
  idempotent_requests: IdempotentRequestRow;
  open_actions: OpenActionRow;
  desired_state_plans: DesiredStatePlanRow;
  desired_state_resources: DesiredStateResourceRow;
}
