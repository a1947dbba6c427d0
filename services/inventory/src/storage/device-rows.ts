import type { Method, Ownership, Platform } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import type { Device } from "@muster/contracts/gen/muster/inventory/v1/device";
import { sql } from "kysely";

export interface DeviceRow {
  id: string;
  display_name: string;
  hostname: string;
  platform: Platform;
  ownership: Ownership;
  method: Method;
  os_name: string;
  os_version: string;
  agent_version: string;
  hardware_vendor: string;
  hardware_model: string;
  hardware_serial: string;
  hardware_uuid: string;
  primary_address: string;
  enrolled_at: Date | null;
  last_seen_at: Date | null;
  facts_at: Date | null;
  label_ids: string[];
  version: string;
  unenrolled: boolean;
  duplicate_of: string;
}

/** How long after its last contact a device counts as online. */
export const ONLINE_MS = 120_000;

/** A device's row with its place in the hot tables: of device_list, which is called d. */
export const DEVICE_COLUMNS = sql`d.id, d.display_name, d.hostname, d.platform, d.ownership, d.method, d.os_name,
  d.os_version, d.agent_version, d.hardware_vendor, d.hardware_model, d.hardware_serial, d.hardware_uuid,
  d.primary_address, d.enrolled_at, d.last_seen_at, d.facts_at, d.label_ids, d.version, d.unenrolled, d.duplicate_of`;

export const deviceOf = (row: DeviceRow, now: Date): Device => ({
  id: row.id,
  displayName: row.display_name,
  hostname: row.hostname,
  platform: row.platform,
  ownership: row.ownership,
  method: row.method,
  osName: row.os_name,
  osVersion: row.os_version,
  agentVersion: row.agent_version,
  hardwareVendor: row.hardware_vendor,
  hardwareModel: row.hardware_model,
  hardwareSerial: row.hardware_serial,
  hardwareUuid: row.hardware_uuid,
  primaryAddress: row.primary_address,
  enrolledAt: row.enrolled_at ?? undefined,
  lastSeenAt: row.last_seen_at ?? undefined,
  factsAt: row.facts_at ?? undefined,
  online: row.last_seen_at !== null && now.getTime() - row.last_seen_at.getTime() < ONLINE_MS && !row.unenrolled,
  labelIds: row.label_ids,
  version: Number(row.version),
  unenrolled: row.unenrolled,
  duplicateOf: row.duplicate_of,
});
