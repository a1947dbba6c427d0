import type { Generated } from "kysely";
import type { AssignmentAnswer } from "../domain/automated/assignment.ts";
import type { AssignmentRule } from "../domain/automated/assignment-rule.ts";
import type { AppleAccount } from "../domain/automated/automated-server.ts";
import type { ProfileSettings } from "../domain/automated/settings-profile.ts";

export interface AutomatedServerTable {
  tenant: string;
  id: string;
  name: string;
  certificate: string;
  sealed_key: Buffer;
  sealed_door: Buffer;
  door_sha256: string;
  sealed_token: Buffer | null;
  token_expires_at: Date | null;
  account: AppleAccount | null;
  rules: AssignmentRule[];
  default_profile_id: string | null;
  phase: "fetch" | "sync";
  cursor: string;
  round: number;
  fetched: boolean;
  synced_at: Date | null;
  next_sync_at: Date | null;
  claimed_until: Date | null;
  failures: Generated<number>;
  last_error: Generated<string>;
  terms_changed_at: Date | null;
  expiry_warnings: Generated<number>;
  created_at: Date;
  revision: Generated<number>;
}

export interface AutomatedProfileTable {
  tenant: string;
  id: string;
  name: string;
  settings: ProfileSettings;
  sealed_return_network: Buffer | null;
  created_at: Date;
  updated_at: Date;
  revision: Generated<number>;
}

export interface AutomatedDefinitionTable {
  tenant: string;
  server_id: string;
  profile_uuid: string;
  profile_id: string;
  sha256: string;
  superseded: Generated<boolean>;
}

export interface AutomatedDeviceTable {
  tenant: string;
  serial_number: string;
  server_id: string;
  model: string;
  description: string;
  color: string;
  asset_tag: string;
  device_family: string;
  os: string;
  profile_status: string;
  profile_uuid: string;
  assigned_at: Date | null;
  migration_deadline: Date | null;
  round: number;
  chosen: Generated<boolean>;
  chosen_profile_id: string | null;
  answer: AssignmentAnswer | null;
  failures: Generated<number>;
  retry_at: Date | null;
}
