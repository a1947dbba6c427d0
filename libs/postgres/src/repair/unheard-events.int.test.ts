import assert from "node:assert/strict";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { startTestDatabase, type TestDatabase } from "@muster/testkit/test-database";
import type { PoolClient } from "pg";
import { lowestIdAt } from "./event-time.ts";
import { UnheardEvents } from "./unheard-events.ts";

const RARE = "muster.command.v1.CommandFailed";
const OFTEN = "muster.command.v1.CommandAcknowledged";
const HOUR_MS = 3_600_000;

describe("events that a listener has not heard", () => {
  let database: TestDatabase<unknown>;
  const now = Date.now();

  before(async () => {
    const none = await mkdtemp(join(tmpdir(), "muster-no-migrations-"));
    database = await startTestDatabase("command", none);
  });
  after(() => database.stop());

  /** Writes an event made so long ago. */
  const written = async (type: string, agoMs: number, by: Pick<PoolClient, "query"> = database.pool) => {
    const id = lowestIdAt(now - agoMs).replace(/0000-0000-(.*)$/, "7000-8000-$1");
    await by.query(
      "insert into outbox (id, tenant, type, device_id, actor, traceparent, body) values ($1, 'acme', $2, '', '', '', '{}')",
      [id, type],
    );
    return id;
  };
  /** Writes one, and tells the bus of it. */
  const told = async (type: string, agoMs: number): Promise<string> => {
    const id = await written(type, agoMs);
    await database.pool.query("update outbox_cursor set (xid, seq) = (select xid, seq from outbox where id = $1)", [
      id,
    ]);
    return id;
  };

  it("are counted by their types, the first one named", async () => {
    const heard = await told(RARE, 3 * HOUR_MS);
    for (let place = 0; place < 5; place++) await told(OFTEN, 2 * HOUR_MS - place);
    const first = await told(RARE, HOUR_MS);
    await told(RARE, HOUR_MS - 1);
    const unheard = new UnheardEvents(database.database);
    assert.deepEqual(await unheard.after(heard, [RARE], now), { count: 2, oldest: first });
    assert.equal((await unheard.after(heard, [], now)).count, 7);
    assert.equal((await unheard.after(heard, ["muster.command.v1.CommandExpired"], now)).count, 0);
  });

  it("are found behind any number that are nothing to the listener, which are looked at once", async () => {
    await database.pool.query("delete from outbox");
    const heard = await told(RARE, 3 * HOUR_MS);
    const others: string[] = [];
    for (let place = 0; place < 25; place++) others.push(await told(OFTEN, 2 * HOUR_MS - place));
    const unheard = new UnheardEvents(database.database, 10);
    const look = () => unheard.after(heard, [RARE], now);
    assert.equal((await look()).count, 0);
    assert.equal((await look()).count, 0);
    const only = await told(RARE, HOUR_MS);
    assert.deepEqual(await look(), { count: 1, oldest: only });
    // Those before the twenty that were looked at are looked at no more; where the listener was set back, they are.
    await database.pool.query("update outbox set type = $1 where id = $2", [RARE, others[0]]);
    assert.deepEqual(await look(), { count: 1, oldest: only });
    assert.deepEqual(await unheard.after(lowestIdAt(0), [RARE], now), { count: 2, oldest: heard });
  });

  it("are counted though they were committed long after others that were made later", async () => {
    await database.pool.query("delete from outbox");
    const unheard = new UnheardEvents(database.database);
    const look = (laterMs: number) => unheard.after(lowestIdAt(0), [RARE], Date.now() + laterMs);
    const slow = await database.pool.connect();
    await slow.query("begin");
    const late = await written(RARE, 0, slow);
    await told(OFTEN, -1);
    assert.equal((await look(60_000)).count, 0);
    await slow.query("commit");
    slow.release();
    assert.deepEqual(await look(60_000), { count: 1, oldest: late });
  });

  it("are looked for among the last seconds only, where no transaction takes longer", async () => {
    await database.pool.query("delete from outbox");
    const unheard = new UnheardEvents(database.database);
    const look = () => unheard.after(lowestIdAt(0), [RARE], now);
    await told(OFTEN, 0);
    assert.equal((await look()).count, 0);
    // Which no service does: an id is made by the transaction that commits it.
    await told(RARE, 20_000);
    assert.equal((await look()).count, 0);
    assert.equal((await unheard.after(lowestIdAt(0), [], now)).count, 2);
  });
});
