import type { ServiceDatabase, Work } from "@muster/postgres/service-database";

/** Statements here are written out over arrays; each says the type of its rows itself. */
export type Schema = Record<string, Record<string, unknown>>;

export type InventoryDatabase = ServiceDatabase<Schema>;
export type InventoryWork = Work<Schema>;

/** One column of many rows, as the array that unnest turns back into rows. */
export const column = <T, K extends keyof T>(rows: readonly T[], name: K): T[K][] => rows.map((row) => row[name]);

/** A device among all tenants' devices. */
export interface DeviceKey {
  readonly tenant: string;
  readonly deviceId: string;
}

export const keyOf = ({ tenant, deviceId }: DeviceKey): string => `${tenant}/${deviceId}`;
