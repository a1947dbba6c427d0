import { sql } from "kysely";
import { column, type DeviceKey, type InventoryDatabase, type InventoryWork } from "./schema.ts";

/** More devices than this are noted as all of their tenant. */
const SINGLY = 1_000;

/** Says that these devices may have other work now; call it in the transaction that changes it. */
export async function noteWorkChanged(work: InventoryWork, devices: readonly DeviceKey[]): Promise<void> {
  if (devices.length === 0) return;
  if (devices.length > SINGLY) return noteTenantsChanged(work, column(devices, "tenant"));
  await sql`
    insert into work_changes (tenant, device_id)
    select * from unnest(${column(devices, "tenant")}::text[], ${column(devices, "deviceId")}::uuid[])`.execute(
    work.sql,
  );
}

/** Says that all devices of these tenants may have other work now. */
export async function noteTenantsChanged(work: InventoryWork, tenants: readonly string[]): Promise<void> {
  await sql`insert into work_changes (tenant) select distinct unnest(${tenants}::text[])`.execute(work.sql);
}

export interface WorkChange {
  readonly tenant: string;
  /** Nothing when it is about all of the tenant's. */
  readonly deviceId: string | undefined;
}

interface Row {
  seq: string;
  tenant: string;
  device_id: string | null;
}

/** Reads on in the changes, each once. */
export class WorkChangesReader {
  readonly #database: InventoryDatabase;
  /** Transactions before this one had ended at the last look. Later ones may have been seen already, so these are kept. */
  #ended: string | undefined;
  #seen: ReadonlySet<string> = new Set();

  constructor(database: InventoryDatabase) {
    this.#database = database;
  }

  /** What was committed since the last look; the first look only finds where to begin. */
  async look(): Promise<readonly WorkChange[]> {
    const since = this.#ended;
    const { ended, rows } = await this.#database.system(async (work) => {
      // Asked before the changes: what ends in between is read now and may be read again.
      const snapshot = await sql<{ ended: string }>`
        select pg_snapshot_xmin(pg_current_snapshot())::text as ended`.execute(work.sql);
      const changes = await sql<Row>`
        select seq, tenant, device_id from work_changes where xid >= ${since ?? snapshot.rows[0]?.ended}::xid8`.execute(
        work.sql,
      );
      return { ended: snapshot.rows[0]?.ended, rows: changes.rows };
    });
    const fresh = rows.filter(({ seq }) => !this.#seen.has(seq));
    this.#seen = new Set(column(rows, "seq"));
    this.#ended = ended;
    return fresh.map(({ tenant, device_id }) => ({ tenant, deviceId: device_id ?? undefined }));
  }
}
