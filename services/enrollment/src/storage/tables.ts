import type { Generated } from "kysely";
import type { Method, Ownership, Platform } from "../domain/claim.ts";
import type { Status } from "../domain/device.ts";

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

export interface EnrollmentDatabase {
  devices: DeviceTable;
  enroll_secrets: EnrollSecretTable;
  enrollment_tokens: EnrollmentTokenTable;
}
