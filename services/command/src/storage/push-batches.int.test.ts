import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { newIds } from "@muster/postgres/new-ids";
import { Uuids } from "@muster/postgres/uuids";
import { startTestDatabase, type TestDatabase } from "@muster/testkit/test-database";
import { sql, type Transaction } from "kysely";
import { profileRemoval } from "../testing/profile-removal.ts";
import { insertBatch } from "./command-batches.ts";
import { spreadPushes } from "./push-batches.ts";
import { settleByArrival } from "./push-dues.ts";
import type { CommandDatabase } from "./tables.ts";

const MIGRATIONS = join(import.meta.dirname, "../../migrations");
const DEVICES = 4_500;
const tenant = "acme";

describe("pushes that very many devices are owed", () => {
  let server: TestDatabase<CommandDatabase>;
  before(async () => {
    server = await startTestDatabase("command", MIGRATIONS);
  });
  after(() => server.stop());

  const work = <T>(act: (db: Transaction<CommandDatabase>) => Promise<T>) =>
    server.database.tenant(tenant, ({ sql: db }) => act(db));
  const askAll = (deviceIds: readonly string[]) => {
    const like = profileRemoval(tenant);
    const batch = { like, deviceIds: Uuids.of(deviceIds), ids: Uuids.made(deviceIds.length) };
    return work((db) => insertBatch(db, batch, { idsAreNew: true, campaign: undefined }));
  };
  const owed = async (): Promise<string[]> =>
    work(async (db) => {
      const { rows } = await sql<{ device_id: string }>`
        select device_id from apple_push_dues where tenant = ${tenant} and cause = 'command' order by device_id`.execute(
        db,
      );
      return rows.map(({ device_id }) => device_id);
    });
  const waiting = () =>
    work(async (db) => {
      const { rows } = await sql<{ batches: number }>`select count(*)::int as batches from apple_push_batches`.execute(
        db,
      );
      return rows[0]?.batches;
    });

  it("become a due of each, batch after batch, except for those that fetched everything meanwhile", async () => {
    const deviceIds = newIds(DEVICES);
    await askAll(deviceIds);
    assert.deepEqual([(await owed()).length, await waiting()], [0, 3]);
    const [done = "", ...others] = deviceIds;
    await work((db) => sql`update commands set ended_at = now() where device_id = ${done}`.execute(db));
    await work(spreadPushes);
    assert.deepEqual([(await owed()).length, await waiting()], [1_999, 2]);
    for (let time = 0; time < 3; time++) await work(spreadPushes);
    assert.equal(await waiting(), 0);
    assert.deepEqual(await owed(), others.toSorted());
  });

  it("are one due for a device that is owed one already, and are there at once for fewer devices", async () => {
    const few = newIds(10);
    await askAll(few);
    const before = await owed();
    assert.ok(few.every((deviceId) => before.includes(deviceId)));
    await askAll([...few, ...newIds(2_000)].toSorted());
    for (let time = 0; time < 3; time++) await work(spreadPushes);
    const now = await owed();
    assert.equal(now.length, before.length + 2_000);
    const keys = now.map((deviceId) => ({ tenant, deviceId, userId: "" }));
    await work((db) => settleByArrival(db, keys));
    assert.deepEqual(await owed(), []);
  });
});
