import type { DeviceSummary } from "@muster/event-formats/told-event";
import { sql } from "kysely";
import { hardwareKindOf } from "../domain/hardware-kind.ts";

/** A device as its row has it. */
export type KnownDevice = Omit<DeviceSummary, "kind">;

/** Joins the device of activity a, which may not be known. */
export const JOIN_DEVICE = sql`left join devices v on v.tenant = a.tenant and v.device_id = a.device_id`;

export const DEVICE_COLUMN = sql`case when v.device_id is not null then jsonb_build_object('hostname', v.hostname,
  'platform', v.platform, 'osName', v.os_name, 'osVersion', v.os_version, 'serial', v.hardware_serial, 'ownership', v.ownership,
  'hardwareVendor', v.hardware_vendor, 'hardwareModel', v.hardware_model,
  'managed', v.unenrolled_at is null) end as device`;

/** What is told of it; nothing when it is not known. */
export const summaryOf = (device: KnownDevice | null): { readonly device?: DeviceSummary } =>
  device === null ? {} : { device: { ...device, kind: hardwareKindOf(device.hardwareVendor, device.hardwareModel) } };
