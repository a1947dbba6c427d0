import type { Selectable } from "kysely";
import type { Device } from "../domain/device.ts";
import { identityKeys } from "../domain/identity-keys.ts";
import type { DeviceTable } from "./tables.ts";

export const deviceOf = (row: Selectable<DeviceTable>): Device => ({
  tenant: row.tenant,
  id: row.id,
  version: Number(row.version),
  status: row.status,
  method: row.method,
  platform: row.platform,
  ownership: row.ownership,
  generations: row.generations,
  hostIdentifier: row.host_identifier,
  hardwareUuid: row.hardware_uuid,
  hardwareSerial: row.hardware_serial,
  hardwareVendor: row.hardware_vendor,
  hardwareModel: row.hardware_model,
  hostname: row.hostname,
  instanceIds: row.instance_ids,
  duplicateOf: row.duplicate_of ?? undefined,
  certificateSerial: row.certificate_serial,
  certificateNotAfter: row.certificate_not_after ?? undefined,
  apple: row.apple ?? undefined,
  firstEnrolledAt: row.first_enrolled_at,
  enrolledAt: row.enrolled_at,
});

/** The row with the keys it is searched by. */
export function rowOf(device: Device): Omit<DeviceTable, "version"> & { version: number } {
  const keys = identityKeys(device, device.instanceIds.at(-1) ?? "");
  return {
    tenant: device.tenant,
    id: device.id,
    version: device.version,
    status: device.status,
    method: device.method,
    platform: device.platform,
    ownership: device.ownership,
    generations: device.generations,
    host_identifier: device.hostIdentifier,
    hardware_uuid: device.hardwareUuid,
    hardware_serial: device.hardwareSerial,
    hostname: device.hostname,
    hardware_vendor: device.hardwareVendor,
    hardware_model: device.hardwareModel,
    instance_ids: [...device.instanceIds],
    duplicate_of: device.duplicateOf ?? null,
    certificate_serial: device.certificateSerial,
    certificate_not_after: device.certificateNotAfter ?? null,
    apple: device.apple ?? null,
    first_enrolled_at: device.firstEnrolledAt,
    enrolled_at: device.enrolledAt,
    uuid_key: keys.uuid ?? null,
    serial_key: keys.serial ?? null,
    instance_key: keys.instance ?? null,
    host_key: keys.host,
  };
}
