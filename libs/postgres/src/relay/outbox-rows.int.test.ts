import assert from "node:assert/strict";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { startTestDatabase, type TestDatabase } from "@muster/testkit/test-database";
import type { PoolClient } from "pg";
import { LEAST_ALIKE } from "../outbox.ts";
import { reasonIn, tellAlike } from "../testing/tell-alike.ts";
import { type OutboxEvent, OutboxRows } from "./outbox-rows.ts";
import type { Position } from "./steps.ts";

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

  describe("of events that are alike", () => {
    const last = async () => {
      let end: Position = BEGINNING;
      for (let page = await outbox.after(end, 1_000); page.length > 0; page = await outbox.after(end, 1_000))
        end = page.at(-1) ?? end;
      return end;
    };
    const told = ({ deviceId, body }: OutboxEvent) => ({ deviceId, reason: reasonIn(body) });
    const rows = async () => {
      const { rows } = await client.query<{ alike: number; apart: number }>(
        "select (select count(*)::int from outbox_alike) as alike, (select count(*)::int from outbox) as apart",
      );
      return rows[0] ?? { alike: 0, apart: 0 };
    };

    before(() => outbox.takeOffice());

    for (const [count, alike] of [
      [LEAST_ALIKE - 1, 0],
      [LEAST_ALIKE, 1],
      [1_000, 1],
      [2_345, 3],
    ] as const)
      for (const page of [50, 1_000])
        it(`${count} at once are ${alike} rows, and come between the others in pages of ${page}, each in its turn`, async () => {
          const [from, stored] = [await last(), await rows()];
          const wanted = await tellAlike(database.database, count);
          const now = await rows();
          assert.equal(now.alike - stored.alike, alike);
          assert.equal(now.apart - stored.apart, alike === 0 ? count + 2 : 2);
          const events: OutboxEvent[] = [];
          for (let some = await outbox.after(from, page); some.length > 0; ) {
            events.push(...some);
            some = await outbox.after(some.at(-1) ?? from, page);
          }
          assert.deepEqual(events.map(told), wanted);
          assert.equal(new Set(events.map(({ id }) => id)).size, wanted.length);
        });

    it("come from any place among them, and are found by their ids", async () => {
      const from = await last();
      await tellAlike(database.database, 200);
      const events = await outbox.after(from, 1_000);
      const { epoch } = await outbox.takeOffice();
      for (const place of [0, 1, 77, 200, 201]) {
        const event = events[place];
        assert.ok(event);
        assert.deepEqual(await outbox.after(event, 1_000), events.slice(place + 1));
        assert.deepEqual(await outbox.find(event.id, epoch), {
          told: { xid: event.xid, seq: event.seq },
          inOffice: true,
        });
      }
    });

    it("are written one by one while a relay is in office that reads no others", async () => {
      const [from, stored] = [await last(), await rows()];
      // As a relay of an earlier release takes it.
      await client.query("update outbox_cursor set epoch = epoch + 1");
      const wanted = await tellAlike(database.database, 100);
      assert.equal((await rows()).alike, stored.alike);
      assert.deepEqual((await outbox.after(from, 1_000)).map(told), wanted);
    });
  });
});
