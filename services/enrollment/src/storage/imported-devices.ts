import { type Selectable, sql, type Transaction } from "kysely";
import type { ImportedDevice, ImportKeys } from "../domain/apple/imported-device.ts";
import type { SecretKind } from "../domain/escrow.ts";
import type { EnrollmentDatabase } from "./tables.ts";

type Connection = Transaction<EnrollmentDatabase>;

export interface ImportedDeviceTable {
  tenant: string;
  id: string;
  source: string;
  udid: string;
  serial_number: string;
  udid_key: string | null;
  serial_key: string | null;
  sealed: Buffer | null;
  secret_kinds: SecretKind[];
  imported_at: Date;
  device_id: string | null;
  arrived_at: Date | null;
}

/** An imported device with its sealed secrets. */
export interface StoredImport {
  readonly device: ImportedDevice;
  readonly sealed: Buffer | undefined;
}

const storedOf = (row: Selectable<ImportedDeviceTable>): StoredImport => ({
  sealed: row.sealed ?? undefined,
  device: {
    tenant: row.tenant,
    id: row.id,
    source: row.source,
    udid: row.udid,
    serialNumber: row.serial_number,
    secretKinds: row.secret_kinds,
    importedAt: row.imported_at,
    deviceId: row.device_id ?? undefined,
    arrivedAt: row.arrived_at ?? undefined,
  },
});

/** Writes one; what an earlier import said of the same device goes. */
export async function replaceImported(
  connection: Connection,
  { device, sealed }: StoredImport,
  { serial = null, udid = null }: { readonly [K in keyof ImportKeys]: ImportKeys[K] | null },
): Promise<void> {
  const { tenant } = device;
  // Two imports of one device at a time would each leave the other's row.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`import/${tenant}`}, 0))`.execute(connection);
  await sql`
    delete from imported_devices where tenant = ${tenant} and (udid_key = ${udid} or serial_key = ${serial})`.execute(
    connection,
  );
  await connection
    .insertInto("imported_devices")
    .values({
      tenant,
      id: device.id,
      source: device.source,
      udid: device.udid,
      serial_number: device.serialNumber,
      udid_key: udid,
      serial_key: serial,
      sealed: sealed ?? null,
      secret_kinds: [...device.secretKinds],
      imported_at: device.importedAt,
      device_id: null,
      arrived_at: null,
    })
    .execute();
}

/** What was imported of a device with these keys, oldest first, locked. */
export async function lockImported(
  connection: Connection,
  tenant: string,
  { serial = null, udid = null }: { readonly [K in keyof ImportKeys]: ImportKeys[K] | null },
): Promise<StoredImport[]> {
  const { rows } = await sql<Selectable<ImportedDeviceTable>>`
    select * from imported_devices where tenant = ${tenant} and (udid_key = ${udid} or serial_key = ${serial})
    order by id for update`.execute(connection);
  return rows.map(storedOf);
}

/** Writes that the device came, and which of its secrets still wait. */
export async function noteArrival(
  connection: Connection,
  { id, tenant }: Pick<ImportedDevice, "tenant" | "id">,
  arrival: {
    readonly deviceId: string;
    readonly at: Date;
    readonly waiting: readonly SecretKind[];
    readonly sealed: Buffer | undefined;
  },
): Promise<void> {
  await connection
    .updateTable("imported_devices")
    .set({
      device_id: arrival.deviceId,
      arrived_at: arrival.at,
      secret_kinds: [...arrival.waiting],
      sealed: arrival.sealed ?? null,
    })
    .where("tenant", "=", tenant)
    .where("id", "=", id)
    .execute();
}

/** Newest first. */
export async function listImported(
  connection: Connection,
  tenant: string,
  {
    before,
    limit,
    waitingOnly,
  }: { readonly before: string | undefined; readonly limit: number; readonly waitingOnly: boolean },
): Promise<ImportedDevice[]> {
  let query = connection.selectFrom("imported_devices").selectAll().where("tenant", "=", tenant);
  if (waitingOnly) query = query.where("arrived_at", "is", null);
  if (before !== undefined) query = query.where("id", "<", before);
  return (await query.orderBy("id", "desc").limit(limit).execute()).map((row) => storedOf(row).device);
}

export async function findImported(
  connection: Connection,
  tenant: string,
  id: string,
): Promise<ImportedDevice | undefined> {
  const row = await connection
    .selectFrom("imported_devices")
    .selectAll()
    .where("tenant", "=", tenant)
    .where("id", "=", id)
    .executeTakeFirst();
  return row === undefined ? undefined : storedOf(row).device;
}

/** False when there is none. */
export async function forgetImported(connection: Connection, tenant: string, id: string): Promise<boolean> {
  const { numDeletedRows } = await connection
    .deleteFrom("imported_devices")
    .where("tenant", "=", tenant)
    .where("id", "=", id)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}
