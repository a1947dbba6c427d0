import type { Generated } from "kysely";

interface DevicesTable {
  tenant: string;
  id: string;
  enrolled: Generated<boolean>;
  platform: Generated<string>;
  display_name: Generated<string>;
  label_ids: Generated<string[]>;
  enrollment_version: Generated<string>;
  labels_version: Generated<string>;
  facts_version: Generated<string>;
}

export interface PoliciesTable {
  tenant: string;
  id: string;
  name: string;
  description: string;
  query: string;
  device_ids: string[];
  label_ids: string[];
  platforms: string[];
  severity: string;
  resolution: string;
  interval_seconds: number;
  remediation_script_id: string;
  enabled: boolean;
  revision: number;
  question_revision: number;
  created_at: Date;
  updated_at: Date;
}

interface VerdictsTable {
  tenant: string;
  policy_id: string;
  device_id: string;
  verdict: string;
  reason: string;
  since: Date;
  version: string;
  answer_revision: number;
  answer_version: string;
  answered_at: Date | null;
  evidence: unknown;
  remediation_command_id: string | null;
  rank: Generated<number>;
}

interface EarlyAnswersTable {
  tenant: string;
  policy_id: string;
  device_id: string;
  answer: unknown;
  heard_at: Date;
}

interface AppleDevicesTable {
  tenant: string;
  device_id: string;
  generation: number;
  enrolled: boolean;
  personal: boolean;
  udid: string;
  serial_number: string;
  hardware_model: string;
  managed_account: string;
  users: unknown;
  version: string;
}

export interface ProfilesTable {
  tenant: string;
  id: string;
  name: string;
  description: string;
  identifier: string;
  payload_types: string[];
  variables: string[];
  warnings: unknown;
  signer: string;
  sealed: Buffer;
  digest: Buffer;
  revision: number;
  version: number;
  device_ids: string[];
  label_ids: string[];
  platforms: string[];
  user_channel: boolean;
  updated_by: string;
  created_at: Date;
  updated_at: Date;
}

export interface DeviceProfilesTable {
  tenant: string;
  device_id: string;
  user_id: string;
  profile_id: string;
  identifier: string;
  profile_name: string;
  state: string;
  wanted: boolean;
  revision: number;
  generation: number;
  command_id: string;
  cause: string;
  since: Date;
  version: string;
  repairs: number;
  repairs_since: Date | null;
}

export interface PolicyTables {
  apple_devices: AppleDevicesTable;
  profiles: ProfilesTable;
  device_profiles: DeviceProfilesTable;
  devices: DevicesTable;
  policies: PoliciesTable;
  verdicts: VerdictsTable;
  early_answers: EarlyAnswersTable;
}
