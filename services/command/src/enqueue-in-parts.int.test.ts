import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { newIds } from "@muster/postgres/new-ids";
import { eventually } from "@muster/testkit/eventually";
import { sql } from "kysely";
import { MAX, NIL } from "uuid";
import { type CommandProcess, startCommand } from "./testing/command-process.ts";
import { appleOrder, caller, order } from "./testing/orders.ts";
import { startTestPlatform, type TestPlatform } from "./testing/test-platform.ts";

/** More than are asked in one transaction. */
const DEVICES = 10_400;
const removal = appleOrder("RemoveProfile", { Identifier: "org.example.wifi" });

describe("a request for very many devices", () => {
  let platform: TestPlatform;
  let service: CommandProcess;
  before(async () => {
    platform = await startTestPlatform();
    service = await startCommand(platform.database.url, platform.bus.url);
  });
  after(async () => {
    await service?.stop();
    await platform?.stop();
  });

  /** Macs that only this service knows, but for those that left. */
  const known = async ({ left = 0 } = {}): Promise<string[]> => {
    const deviceIds = newIds(DEVICES);
    await platform.database.database.tenant(caller.tenant, async (work) => {
      await sql`
        insert into device_channels (tenant, device_id, enrolled, personal, osquery_generation, orbit_generation,
          agent_generation, version)
        select ${caller.tenant}, id, place > ${left}::int, false, 0, 0, 0, 1
        from unnest(${deviceIds}::uuid[]) with ordinality as n (id, place)`.execute(work.sql);
      await sql`
        insert into apple_channels (tenant, device_id, enrollment_id, epoch, enrolled, hardware_id, platform, os_version,
          supervised, automated, personal, access_rights, awaiting_configuration, account_driven, version)
        select ${caller.tenant}, id, gen_random_uuid(), 1, place > ${left}::int, id::text, 'macos', '15.1', true, true, false, 8191,
          false, false, 1
        from unnest(${deviceIds}::uuid[]) with ordinality as n (id, place)`.execute(work.sql);
    });
    return deviceIds;
  };
  const ask = (deviceIds: readonly string[], requestKey?: string) =>
    service.commands.enqueueCommands(
      order([...deviceIds], removal),
      { ...caller, ...(requestKey !== undefined && { requestKey }) },
      { timeoutMs: 60_000 },
    );
  /** How many commands and how many events of their asking there are for these devices, and for how many of them. */
  const kept = (deviceIds: readonly string[]) =>
    platform.database.database.tenant(caller.tenant, async (work) => {
      const { rows } = await sql<{ commands: number; devices: number; told: number; toldOnce: number }>`
        with told as materialized (select * from outbox_events(${NIL}, ${MAX}))
        select (select count(*)::int from commands where device_id = any(${deviceIds}::uuid[])) as commands,
          (select count(distinct device_id)::int from commands where device_id = any(${deviceIds}::uuid[])) as devices,
          (select count(*)::int from told where device_id = any(${deviceIds}::text[]) and type like '%CommandQueued') as told,
          (select count(*)::int from commands c join told o on o.device_id = c.device_id::text
             and o.body::jsonb -> 'command' ->> 'id' = c.id::text where c.device_id = any(${deviceIds}::uuid[])) as "toldOnce"`.execute(
        work.sql,
      );
      return rows[0];
    });
  const all = (count: number) => ({ commands: count, devices: count, told: count, toldOnce: count });

  /** Has the database refuse what is asked of one device, while the test goes on. */
  const refusing = async (deviceId: string, when: "at once" | "at the commit", act: () => Promise<void>) => {
    await platform.database.asOwner(
      `create function command.refuse() returns trigger language plpgsql as $$
         begin raise exception 'refused by the test'; end $$;
       create constraint trigger refused after insert on command.commands deferrable initially
       ${when === "at once" ? "immediate" : "deferred"} for each row
       when (new.device_id = '${deviceId}') execute function command.refuse()`,
    );
    try {
      await act();
    } finally {
      await platform.database.asOwner("drop trigger refused on command.commands; drop function command.refuse()");
    }
  };

  it("asks each of them once, and says of each other why not", async () => {
    const left = 3;
    const deviceIds = await known({ left });
    const strange = ["00000000-0000-7000-8000-000000000000", "no id"];
    const { commandCount, commands, refusals } = await ask([...deviceIds, ...strange]);
    assert.deepEqual([commandCount, commands.length], [DEVICES - left, 0]);
    assert.deepEqual(
      refusals.map(({ code, deviceId }) => [code, deviceId]),
      [
        ...deviceIds.slice(0, left).map((deviceId) => ["command.device_unenrolled", deviceId]),
        ...strange.map((deviceId) => ["command.device_unknown", deviceId]),
      ],
    );
    assert.deepEqual(await kept(deviceIds), all(DEVICES - left));
  });

  it("leaves nothing when a part of it fails, and is carried out when it is repeated", async () => {
    const deviceIds = await known();
    await refusing(deviceIds.at(-1) ?? "", "at once", async () => {
      await assert.rejects(ask(deviceIds, "a request that fails"));
      assert.deepEqual(await kept(deviceIds), all(0));
    });
    assert.equal((await ask(deviceIds, "a request that fails")).commandCount, DEVICES);
    assert.deepEqual(await kept(deviceIds), all(DEVICES));
  });

  it("of which one part cannot be committed keeps the other, and is completed when it is repeated", async () => {
    const deviceIds = await known();
    await refusing(deviceIds.at(-1) ?? "", "at the commit", async () => {
      await assert.rejects(ask(deviceIds, "a request in halves"));
      assert.deepEqual(await kept(deviceIds), all(DEVICES / 2));
    });
    assert.equal((await ask(deviceIds, "a request in halves")).commandCount, DEVICES);
    assert.deepEqual(await kept(deviceIds), all(DEVICES));
    assert.equal((await ask(deviceIds, "a request in halves")).commandCount, DEVICES);
    assert.deepEqual(await kept(deviceIds), all(DEVICES));
  });

  it("waits for somebody who is in the way of a part, and asks each device once", async () => {
    const deviceIds = await known();
    const answer = await platform.database.database.system(async (work) => {
      await sql`select pg_advisory_xact_lock(8711, hashtext(${caller.tenant}))`.execute(work.sql);
      const asked = ask(deviceIds);
      const waits = new Set<string>();
      await eventually("both parts to have waited, and the whole to wait", async () => {
        const { rows } = await platform.database.pool.query<{ wait: string }>(
          `select pid || ' ' || query_start as wait from pg_stat_activity
           where wait_event_type = 'Lock' and wait_event = 'advisory' and datname = current_database()`,
        );
        for (const { wait } of rows) waits.add(wait);
        return waits.size === 3 ? true : undefined;
      });
      return { asked };
    });
    assert.equal((await answer.asked).commandCount, DEVICES);
    assert.deepEqual(await kept(deviceIds), all(DEVICES));
  });
});
