import type {
  Carve,
  ListCarvesRequest,
  ListCarvesResponse,
} from "@muster/contracts/gen/muster/inventory/v1/osquery_service";
import { decodePageToken, pageSize, toPage } from "@muster/postgres/page";
import { type RawBuilder, sql } from "kysely";
import type { CarveStart } from "../domain/carve-start.ts";
import { mayDo } from "../domain/owner/deeds.ts";
import { isUuid } from "../domain/query-name.ts";
import { refuse } from "../domain/refusals.ts";
import type { InventoryDatabase, InventoryWork } from "./schema.ts";

interface CarveRow {
  tenant: string;
  id: string;
  device_id: string;
  path: string;
  state: string;
  size_bytes: string;
  block_size: number;
  blocks_received: number;
  blocks_expected: number;
  created_at: Date;
  completed_at: Date | null;
  error: string;
}

const carveOf = (row: CarveRow): Carve => ({
  id: row.id,
  deviceId: row.device_id,
  path: row.path,
  state: row.state,
  sizeBytes: Number(row.size_bytes),
  blocksReceived: row.blocks_received,
  blocksExpected: row.blocks_expected,
  createdAt: row.created_at,
  completedAt: row.completed_at ?? undefined,
  error: row.error,
});

export interface NewCarve {
  readonly tenant: string;
  readonly id: string;
  readonly deviceId: string;
  readonly path: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export async function createCarve(work: InventoryWork, carve: NewCarve): Promise<Carve> {
  const { tenant, id, deviceId, path, createdAt, expiresAt } = carve;
  const device = await sql<{ ownership: string; unenrolled: boolean }>`
    select ownership, unenrolled from devices where tenant = ${tenant} and id = ${deviceId}`.execute(work.sql);
  if (!mayDo("carve", device.rows[0]?.ownership === "OWNERSHIP_PERSONAL")) {
    throw refuse("device.personal", "the device is a person's own: no files are taken from it");
  }
  if (device.rows[0]?.unenrolled === true) throw refuse("device.unenrolled", "the device is no longer managed");
  const { rows } = await sql<CarveRow>`
    insert into carves (tenant, id, device_id, path, state, created_at, expires_at)
    values (${tenant}, ${id}, ${deviceId}, ${path}, 'requested', ${createdAt}, ${expiresAt}) returning *`.execute(
    work.sql,
  );
  return carveOf(rows[0] as CarveRow);
}

export async function getCarve(work: InventoryWork, tenant: string, id: string): Promise<Carve> {
  const wanted = id.trim().toLowerCase();
  const { rows } = isUuid(wanted)
    ? await sql<CarveRow>`select * from carves where tenant = ${tenant} and id = ${wanted}`.execute(work.sql)
    : { rows: [] };
  if (rows[0] === undefined) throw refuse("carve.unknown", `there is no carve ${id}`);
  return carveOf(rows[0]);
}

export async function listCarves(
  work: InventoryWork,
  tenant: string,
  { deviceId, pageSize: asked, pageToken }: ListCarvesRequest,
): Promise<ListCarvesResponse> {
  const size = pageSize(asked);
  const before = decodePageToken(pageToken, 1)?.[0] ?? "ffffffff-ffff-ffff-ffff-ffffffffffff";
  if (!isUuid(before) || (deviceId !== "" && !isUuid(deviceId))) throw refuse("device.bad_id", "not an id");
  const { rows } = await sql<CarveRow>`
    select * from carves where tenant = ${tenant} and id < ${before}
      and (${deviceId} = '' or device_id = nullif(${deviceId}, '')::uuid)
    order by id desc limit ${size + 1}`.execute(work.sql);
  const page = toPage(rows, size, (last) => [last.id]);
  return { carves: page.rows.map(carveOf), nextPageToken: page.nextPageToken };
}

/**
 * Opens the receiving of a carve that was asked for; a host that begins again starts anew.
 * @returns whether it is open; "untold" is a carve that nothing is known of while the answer to a question may tell of it.
 */
export const openCarve = (database: InventoryDatabase, start: CarveStart): Promise<"open" | "untold" | "unknown"> =>
  database.tenant(start.tenant, async (work) => {
    const { carveId = null, guid } = start;
    const { rows } = await sql<{ id: string }>`
      update carves set state = 'receiving', size_bytes = ${start.sizeBytes}, block_size = ${start.blockSize},
        blocks_expected = ${start.blocks}, blocks_received = 0, session_hash = ${start.sessionHash}
      where tenant = ${start.tenant} and device_id = ${start.deviceId} and state in ('requested', 'receiving')
        and case when ${carveId}::uuid is null then host_guid = ${guid} else id = ${carveId}::uuid end
      returning id`.execute(work.sql);
    const [begun] = rows;
    if (begun === undefined) {
      const untold = await sql`
        select 1 from carves where tenant = ${start.tenant} and device_id = ${start.deviceId} and state = 'requested'
          and asked_at is not null and host_guid is null limit 1`.execute(work.sql);
      return untold.rows.length > 0 ? "untold" : "unknown";
    }
    await sql`delete from carve_blocks where tenant = ${start.tenant} and carve_id = ${begun.id}`.execute(work.sql);
    return "open";
  });

/** Ends a carve whose receiving was opened. */
export const failCarve = (
  database: InventoryDatabase,
  { tenant, sessionHash }: CarveStart,
  error: string,
): Promise<void> =>
  database.tenant(tenant, async (work) => {
    await sql`
      update carves set state = 'failed', error = ${error}, session_hash = null
      where tenant = ${tenant} and session_hash = ${sessionHash}`.execute(work.sql);
  });

/** Keeps one block of the carve that the session is for; the last one completes it. */
export const takeBlock = (
  database: InventoryDatabase,
  sessionHash: Buffer,
  block: { readonly number: number; readonly content: Buffer },
  now: Date,
): Promise<void> =>
  database.system(async (work) => {
    const { rows } = await sql<CarveRow>`
      select * from carves where session_hash = ${sessionHash} and state = 'receiving' and expires_at > ${now}
      for update`.execute(work.sql);
    const [carve] = rows;
    if (carve === undefined) throw refuse("carve.unknown", "there is no carve open for this session");
    checkBlock(carve, block);
    const { tenant, id } = carve;
    const inserted = await sql`
      insert into carve_blocks (tenant, carve_id, block_no, content)
      values (${tenant}, ${id}, ${block.number}, ${block.content}) on conflict do nothing returning 1`.execute(
      work.sql,
    );
    // A repeated block was kept already; the host did not hear so.
    if (inserted.rows.length === 0) return;
    const complete = carve.blocks_received + 1 === carve.blocks_expected;
    await sql`
      update carves set blocks_received = blocks_received + 1, state = ${complete ? "completed" : "receiving"},
        completed_at = ${complete ? now : null}, session_hash = case when ${complete} then null else session_hash end
      where tenant = ${tenant} and id = ${id}`.execute(work.sql);
    if (!complete) return;
    work.emit({
      type: "muster.inventory.v1.CarveCompleted",
      tenant,
      deviceId: carve.device_id,
      data: {
        carveId: id,
        deviceId: carve.device_id,
        path: carve.path,
        sizeBytes: Number(carve.size_bytes),
        completedAt: now,
      },
    });
  });

function checkBlock(carve: CarveRow, { number, content }: { number: number; content: Buffer }): void {
  if (!Number.isInteger(number) || number < 0 || number >= carve.blocks_expected) {
    throw refuse("carve.bad_block", `block_id is 0 to ${carve.blocks_expected - 1}`);
  }
  const last = number === carve.blocks_expected - 1;
  const expected = last ? Number(carve.size_bytes) - carve.block_size * number : carve.block_size;
  if (content.length !== expected) throw refuse("carve.bad_block", `block ${number} has to hold ${expected} bytes`);
}

/** One block's bytes; nothing after the last. */
export const readBlock = async (
  work: InventoryWork,
  tenant: string,
  id: string,
  number: number,
): Promise<Buffer | undefined> => {
  const { rows } = await sql<{ content: Buffer }>`
    select content from carve_blocks where tenant = ${tenant} and carve_id = ${id} and block_no = ${number}`.execute(
    work.sql,
  );
  return rows[0]?.content;
};

/** Ends carves whose time is over, and drops the content of those that are kept long enough. */
export const sweepCarves = (database: InventoryDatabase, now: Date): Promise<void> =>
  database.system((work) => expireCarves(work, sql`expires_at < ${now}`));

/** Ends those of the carves that are open or kept, and drops their content. */
export async function expireCarves(work: InventoryWork, which: RawBuilder<unknown>): Promise<void> {
  await sql`
    with ended as (
      update carves set state = 'expired', session_hash = null
      where ${which} and state in ('requested', 'receiving', 'completed') returning tenant, id)
    delete from carve_blocks b using ended e where b.tenant = e.tenant and b.carve_id = e.id`.execute(work.sql);
}
