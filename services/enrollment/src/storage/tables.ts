import type { DeviceClaim } from "@muster/apple-protocol/mdm/checkin";
import type { Generated } from "kysely";
import type { AppleEnrollmentKind, ChallengeUse } from "../domain/apple/apple-enrollment.ts";
import type { AppleFacts } from "../domain/apple/apple-facts.ts";
import type { AttestedDevice } from "../domain/apple/attested-device.ts";
import type { IdentityWay } from "../domain/apple/identity-way.ts";
import type { Method, Ownership, Platform } from "../domain/claim.ts";
import type { Status } from "../domain/device.ts";
import type { SecretKind } from "../domain/escrow.ts";
import type { AccountDomainTable, AccountSignInTable } from "./account-tables.ts";
import type { AcmeAccountTable, AcmeNonceTable, AcmeOrderTable, AppleIdentityWayTable } from "./acme-tables.ts";
import type {
  AutomatedDefinitionTable,
  AutomatedDeviceTable,
  AutomatedProfileTable,
  AutomatedServerTable,
} from "./automated-tables.ts";
import type { ImportedDeviceTable } from "./imported-devices.ts";

export interface DeviceTable {
  tenant: string;
  id: string;
  /** bigint: the driver gives it as text. */
  version: string;
  status: Status;
  method: Method;
  platform: Platform;
  ownership: Ownership;
  generations: Partial<Record<Method, number>>;
  host_identifier: string;
  hardware_uuid: string;
  hardware_serial: string;
  hostname: string;
  hardware_vendor: string;
  hardware_model: string;
  instance_ids: string[];
  duplicate_of: string | null;
  certificate_serial: string;
  certificate_not_after: Date | null;
  apple: AppleFacts | null;
  first_enrolled_at: Date;
  enrolled_at: Date;
  uuid_key: string | null;
  serial_key: string | null;
  instance_key: string | null;
  host_key: string;
}

export interface EnrollSecretTable {
  tenant: string;
  id: string;
  name: string;
  sha256: string;
  hint: string;
  ownership: Ownership;
  uses: Generated<string>;
  created_at: Date;
  expires_at: Date | null;
  revoked_at: Date | null;
}

export interface EnrollmentTokenTable {
  tenant: string;
  id: string;
  name: string;
  sha256: string;
  ownership: Ownership;
  max_uses: number;
  uses: Generated<number>;
  created_at: Date;
  expires_at: Date;
  revoked_at: Date | null;
}

export interface AppleEnrollmentTable {
  tenant: string;
  id: string;
  kind: AppleEnrollmentKind;
  ownership: Ownership;
  managed_account: string;
  challenge_use: ChallengeUse;
  challenge_sha256: string;
  challenge_expires_at: Date;
  challenge_used_at: Date | null;
  certificate_serial: Generated<string>;
  certificate_not_after: Date | null;
  hardware_id: string | null;
  claim: DeviceClaim | null;
  device_id: string | null;
  in_use_not_after: Generated<Date | null>;
  renewal_command_id: Generated<string | null>;
  renewal_asked_at: Generated<Date | null>;
  created_at: Date;
  supervised: boolean;
  released_by_hand: boolean;
  identity_way: IdentityWay;
  expected_serial: string;
  attested: Generated<AttestedDevice | null>;
}

export interface AppleChannelTable {
  tenant: string;
  device_id: string;
  user_id: string;
  short_name: string;
  long_name: string;
  topic: string;
  token: Buffer;
  push_magic: string;
  updated_at: Date;
}

export interface EscrowedSecretTable {
  tenant: string;
  id: string;
  device_id: string;
  kind: SecretKind;
  sealed: Buffer;
  command_id: string | null;
  escrowed_at: Date;
  proven_at: Date | null;
  ended_at: Date | null;
  last_read_at: Date | null;
}

export interface EscrowKeyTable {
  tenant: string;
  certificate: Buffer;
  sealed_key: Buffer;
  created_at: Generated<Date>;
}

export interface EnrollmentDatabase {
  account_domains: AccountDomainTable;
  account_sign_ins: AccountSignInTable;
  acme_accounts: AcmeAccountTable;
  acme_nonces: AcmeNonceTable;
  acme_orders: AcmeOrderTable;
  apple_enrollments: AppleEnrollmentTable;
  apple_identity_ways: AppleIdentityWayTable;
  imported_devices: ImportedDeviceTable;
  apple_channels: AppleChannelTable;
  escrowed_secrets: EscrowedSecretTable;
  escrow_keys: EscrowKeyTable;
  devices: DeviceTable;
  enroll_secrets: EnrollSecretTable;
  enrollment_tokens: EnrollmentTokenTable;
  automated_servers: AutomatedServerTable;
  automated_profiles: AutomatedProfileTable;
  automated_definitions: AutomatedDefinitionTable;
  automated_devices: AutomatedDeviceTable;
}
