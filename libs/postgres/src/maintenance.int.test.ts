import assert from "node:assert/strict";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { lockAwaited } from "@muster/testkit/lock-awaited";
import { startTestDatabase, type TestDatabase } from "@muster/testkit/test-database";
import { Client } from "pg";
import * as maintenance from "./maintenance.ts";
import { tellAlike } from "./testing/tell-alike.ts";

const DAY = 24 * 3600 * 1000;

describe("the outbox's partitions", () => {
  let database: TestDatabase<unknown>;
  let owner: Client;

  beforeEach(async () => {
    database = await startTestDatabase("enrollment", await mkdtemp(join(tmpdir(), "muster-no-migrations-")));
    owner = new Client({ connectionString: database.adminUrl, options: "-c search_path=enrollment" });
    await owner.connect();
  });
  afterEach(async () => {
    await owner.end();
    await database.stop();
  });

  const emit = (count = 1) =>
    database.database.tenant("acme", async (work) => {
      const data = { enrollment: undefined, reason: "test" };
      for (let each = 0; each < count; each++) work.emit({ type: "muster.enrollment.v1.DeviceUnenrolled", data });
    });
  const maintain = (days: number) => maintenance.maintain(database.pool, days);
  const tellAll = () =>
    database.pool.query(
      "update outbox_cursor set (xid, seq) = (select xid, seq from outbox order by xid desc, seq desc limit 1)",
    );
  const names = async () => {
    const { rows } = await owner.query<{ relname: string }>(
      "select relname from pg_class where relname ~ '^outbox_20\\d{6}$' order by 1",
    );
    return rows.map(({ relname }) => relname);
  };
  const partitionOf = (date: Date) => `outbox_${date.toISOString().slice(0, 10).replaceAll("-", "")}`;
  const inTable = async (table: string) =>
    (await owner.query<{ n: number }>(`select count(*)::int as n from ${table}`)).rows[0]?.n;
  const order = async () =>
    (await database.pool.query("select id, xid::text, seq from outbox o order by o.xid, o.seq")).rows;
  /** As if nobody had made partitions for days. */
  const dropAll = async () => {
    for (const name of await names()) await owner.query(`drop table ${name}`);
  };

  it("are there before the first event, for today and two more days", async () => {
    assert.deepEqual(
      await names(),
      [0, 1, 2].map((days) => partitionOf(new Date(Date.now() + days * DAY))),
    );
    await emit();
    assert.equal(await inTable(partitionOf(new Date())), 1);
  });

  it("do not depend on the clock of a service, which may be years behind", async (t) => {
    t.mock.timers.enable({ apis: ["Date"], now: new Date("2019-01-01") });
    await emit();
    t.mock.timers.reset();
    assert.equal(await inTable(partitionOf(new Date())), 1);
  });

  it("take their rows out of the default partition when they are made late, and keep the order", async () => {
    await dropAll();
    await emit(30);
    const before = await order();
    assert.equal(await inTable("outbox_rest"), 30);
    await maintain(4);
    assert.equal(await inTable("outbox_rest"), 0);
    assert.equal(await inTable(partitionOf(new Date())), 30);
    assert.deepEqual(await order(), before);
    await emit();
    assert.equal(await inTable("outbox_rest"), 0);
  });

  it("do not refuse an event that waits while its day is made", async () => {
    await dropAll();
    await owner.query("begin");
    await owner.query("select maintain_outbox(4)");
    const emitting = emit();
    await lockAwaited(database.pool, 1);
    await owner.query("commit");
    await emitting;
    assert.equal((await order()).length, 1);
  });

  it("of a day long ago are made, and dropped with all others when they are told", async () => {
    const longAgo = new Date(Date.now() - 100 * DAY);
    await emit();
    await owner.query("begin");
    await owner.query(
      `insert into outbox (id, tenant, type, device_id, actor, traceparent, body, created_at)
       select uuidv7(), tenant, type, device_id, actor, traceparent, body, $1 from outbox`,
      [longAgo],
    );
    await owner.query("commit");
    await maintain(4);
    assert.equal(await inTable(partitionOf(longAgo)), 1, "nobody was told of it");
    await tellAll();
    await maintain(4);
    assert.equal((await names()).includes(partitionOf(longAgo)), false);
    assert.equal(await inTable("outbox"), 1, "today's stays");
  });

  it("and what is alike of those days goes with them, when it is told", async () => {
    await owner.query("update outbox_cursor set alike_epoch = epoch");
    await tellAlike(database.database, 100);
    await maintain(4);
    assert.equal(await inTable("outbox_alike"), 1, "today's stays");
    await owner.query("update outbox_alike set created_at = created_at - interval '100 days'");
    await owner.query("update outbox_cursor set (xid, seq) = (select xid, seq - 1 from outbox_alike)");
    await maintain(4);
    assert.equal(await inTable("outbox_alike"), 1, "nobody was told of the last");
    await owner.query("update outbox_cursor set (xid, seq) = (select xid, seq from outbox_alike)");
    await maintain(4);
    assert.equal(await inTable("outbox_alike"), 0);
  });
});
