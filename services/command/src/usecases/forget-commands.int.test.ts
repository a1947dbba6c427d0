import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { startTestDatabase, type TestDatabase } from "@muster/testkit/test-database";
import { type RawBuilder, sql } from "kysely";
import { v7 as newId } from "uuid";
import type { CommandDatabase } from "../storage/tables.ts";
import { forgetOldCommands } from "./forget-commands.ts";

const DAY_MS = 86_400_000;

describe("commands that ended long ago", () => {
  let test: TestDatabase<CommandDatabase>;

  before(async () => {
    test = await startTestDatabase<CommandDatabase>("command", join(import.meta.dirname, "../../migrations"));
  });
  after(() => test.stop());

  /** As many script commands, asked for and ended that many days ago; not ended at all when it is left out. */
  const insert = (count: number, askedDaysAgo: number, endedDaysAgo?: number) =>
    test.database.system(async (work) => {
      const bodyId = newId();
      const state = endedDaysAgo === undefined ? "queued" : "acknowledged";
      await sql`
        insert into script_bodies (tenant, id, content, created_at)
        values ('acme', ${bodyId}, 'true', now() - make_interval(days => ${askedDaysAgo}))`.execute(work.sql);
      await sql`
        insert into commands (tenant, device_id, id, type, state, body_id, created_by, reason, created_at, expires_at, due_at, ended_at)
        select 'acme', gen_random_uuid(), gen_random_uuid(), 'run_script', ${state}, ${bodyId}, 'ada', '',
          now() - make_interval(days => ${askedDaysAgo}), now(), now(), now() - make_interval(days => ${endedDaysAgo ?? null})
        from generate_series(1, ${count})`.execute(work.sql);
    });
  const left = () =>
    test.database.system(async (work) => {
      const { rows } = await sql<{ commands: number; bodies: number; orphans: number }>`
        select (select count(*)::int from commands) as commands, (select count(*)::int from script_bodies) as bodies,
          (select count(*)::int from commands c
            where not exists (select from script_bodies b where b.tenant = c.tenant and b.id = c.body_id)) as orphans`.execute(
        work.sql,
      );
      return rows[0];
    });

  it("go with their scripts, many batches at once, and none that is younger or open loses anything", async () => {
    await insert(2_500, 220, 190);
    await insert(3, 200, 179);
    await insert(2, 10, 5);
    await insert(1, 30);
    const forget = forgetOldCommands({
      database: test.database,
      now: () => new Date(),
      keptMs: 180 * DAY_MS,
      stopping: new AbortController().signal,
    });
    await forget();
    assert.deepEqual(await left(), { commands: 6, bodies: 3, orphans: 0 });
    await forget();
    assert.deepEqual(await left(), { commands: 6, bodies: 3, orphans: 0 });
  });

  it("stay while the campaign that asked for them goes on, which would ask their devices again", async () => {
    const [campaign, command] = [newId(), newId()];
    const write = (statement: RawBuilder<unknown>) => test.database.system((work) => statement.execute(work.sql));
    await write(sql`
      insert into campaigns (tenant, id, name, state, type, sealed_order, device_count, wave_sizes, pause_seconds, success_percent,
        halt_percent, halt_minimum, reason, created_by, traceparent, created_at, expires_at)
      values ('acme', ${campaign}, 'wipe', 'running', 'wipe', '', 2, '{2}', 0, 90, 10, 5, '', 'ada', '', now(), now())`);
    await write(sql`
      insert into commands (tenant, device_id, id, type, state, created_by, reason, created_at, expires_at, due_at, ended_at, campaign_id)
      values ('acme', gen_random_uuid(), ${command}, 'wipe', 'acknowledged', 'ada', '', now(), now(), now(),
        now() - interval '8 days', ${campaign})`);
    const forget = async (): Promise<number | undefined> => {
      const stopping = new AbortController().signal;
      await forgetOldCommands({ database: test.database, now: () => new Date(), keptMs: 7 * DAY_MS, stopping })();
      const { rows } = await test.database.system((work) =>
        sql`select from commands where id = ${command}`.execute(work.sql),
      );
      return rows.length;
    };
    assert.equal(await forget(), 1);
    await write(sql`update campaigns set ended_at = now() where id = ${campaign}`);
    assert.equal(await forget(), 0);
  });

  it("stay where they are when the service stops", async () => {
    await insert(1, 400, 390);
    const before = await left();
    const stopped = AbortSignal.abort();
    await forgetOldCommands({ database: test.database, now: () => new Date(), keptMs: DAY_MS, stopping: stopped })();
    assert.deepEqual(await left(), before);
  });
});
