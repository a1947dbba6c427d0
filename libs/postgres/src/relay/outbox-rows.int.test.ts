import assert from "node:assert/strict";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { startTestDatabase, type TestDatabase } from "@muster/testkit/test-database";
import type { PoolClient } from "pg";
import { OutboxRows } from "./outbox-rows.ts";

const BEGINNING = { xid: "0", seq: "0" };

describe("the outbox's rows", () => {
  let database: TestDatabase<unknown>;
  let client: PoolClient;
  let outbox: OutboxRows;

  before(async () => {
    database = await startTestDatabase("enrollment", await mkdtemp(join(tmpdir(), "muster-no-migrations-")), "own");
    client = await database.pool.connect();
    outbox = new OutboxRows(client);
  });
  after(async () => {
    client.release();
    await database.stop();
  });

  const emit = (deviceId: string) =>
    database.database.tenant("acme", async (work) =>
      work.emit({
        type: "muster.enrollment.v1.DeviceUnenrolled",
        deviceId,
        data: { enrollment: undefined, reason: "test" },
      }),
    );
  const devices = async () => (await outbox.after(BEGINNING, 1_000)).map(({ deviceId }) => deviceId);

  it("come in the order of transactions, also where the numbers of these grow by a digit", async () => {
    const { rows } = await client.query<{ xid: string }>("select pg_current_xact_id()::text as xid");
    const grown = 10n ** BigInt(rows[0]?.xid.length ?? 0);
    await emit("before");
    const burn = "do $$ begin perform pg_current_xact_id(); end $$";
    for (;;) {
      const { rows: now } = await client.query<{ xid: string }>("select pg_current_xact_id()::text as xid");
      if (BigInt(now[0]?.xid ?? 0) > grown) break;
      await client.query(burn);
    }
    await emit("after");
    assert.deepEqual(await devices(), ["before", "after"]);
  });

  it("hold what was told to the letter, whatever stands in it", async () => {
    const from = (await outbox.after(BEGINNING, 1_000)).at(-1) ?? BEGINNING;
    const reasons = ["", 'a "quoted" \\ {x,y}', "one\u001etwo\u001fthree\n\t", "NULL", "Zürich \u{1F40E}"];
    await database.database.tenant("acme", async (work) => {
      for (const reason of reasons)
        work.emit({
          type: "muster.enrollment.v1.DeviceUnenrolled",
          deviceId: "told",
          data: { enrollment: undefined, reason },
        });
    });
    const told = (await outbox.after(from, 1_000)).map(
      ({ body }) => (JSON.parse(body) as { reason?: string }).reason ?? "",
    );
    assert.deepEqual(told, reasons);
    await database.asOwner("delete from enrollment.outbox where device_id = 'told'");
  });

  it("stay behind a transaction that is still open, and come when it has ended", async () => {
    const open = await database.pool.connect();
    await open.query("begin");
    await open.query("select pg_current_xact_id()");
    await emit("later");
    assert.deepEqual(await devices(), ["before", "after"]);
    await open.query("commit");
    open.release();
    assert.deepEqual(await devices(), ["before", "after", "later"]);
  });

  it("are found by an event's id, with the office of who asks", async () => {
    const { epoch } = await outbox.takeOffice();
    const [first] = await outbox.after(BEGINNING, 1);
    assert.ok(first);
    const told = { xid: first.xid, seq: first.seq };
    assert.deepEqual(await outbox.find(first.id, epoch), { told, inOffice: true });
    assert.deepEqual(await outbox.find(undefined, epoch), { told: undefined, inOffice: true });
    await outbox.takeOffice();
    assert.deepEqual(await outbox.find(first.id, epoch), { told, inOffice: false });
    assert.equal(await outbox.keep(told, epoch), false);
  });

  it("come in pages of a few megabytes where they are large, none left out", async () => {
    const from = (await outbox.after(BEGINNING, 1_000)).at(-1) ?? BEGINNING;
    const reason = "x".repeat(900_000);
    await database.database.tenant("acme", async (work) => {
      for (let n = 0; n < 30; n++) {
        const data = { enrollment: undefined, reason };
        work.emit({ type: "muster.enrollment.v1.DeviceUnenrolled", deviceId: `large-${n}`, data });
      }
    });
    const pages: string[][] = [];
    for (let page = await outbox.after(from, 1_000); page.length > 0; ) {
      pages.push(page.map(({ deviceId }) => deviceId));
      page = await outbox.after(page.at(-1) ?? from, 1_000);
    }
    assert.deepEqual(
      pages.map(({ length }) => length),
      [19, 11],
    );
    assert.deepEqual(
      pages.flat(),
      Array.from({ length: 30 }, (_, n) => `large-${n}`),
    );
  });
});
