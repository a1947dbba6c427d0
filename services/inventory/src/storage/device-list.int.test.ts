import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { ListDevicesRequest } from "@muster/contracts/gen/muster/inventory/v1/device_service";
import { encodePageToken } from "@muster/postgres/page";
import { startTestDatabase, type TestDatabase } from "@muster/testkit/test-database";
import { sql } from "kysely";
import { devicesMeeting } from "./devices-meeting.ts";
import { devicesAsked, listDevices } from "./read-devices.ts";
import type { InventoryWork, Schema } from "./schema.ts";

const NOW = new Date("2026-03-10T12:00:00Z");
const RARE = "2b8d3f0e-5a57-4a6b-9a53-0d6f6a1f7c11";
const DEVICES = 5_000;

const FILLED = `
  set search_path to inventory, public;
  insert into devices (tenant, id, display_name, platform, os_version)
    select tenant, gen_random_uuid(), 'host ' || lpad(n::text, 5, '0') || ' ' || md5(n::text), 'PLATFORM_MACOS', '15.' || n % 10
    from generate_series(1, ${DEVICES}) n, unnest(array['acme', 'other']) tenant;
  insert into labels (tenant, id, name, description, kind, created_at, revision)
    select tenant, '${RARE}', 'Board', '', 'LABEL_KIND_MANUAL', now(), 1 from unnest(array['acme', 'other']) tenant;
  insert into label_members select tenant, '${RARE}', id from devices where display_name like 'host 00007%';
  insert into software (tenant, name, version, source, vendor, device_count)
    select tenant, 'program ' || n, '1', 'deb', '', 1 from generate_series(1, ${DEVICES}) n, unnest(array['acme', 'other']) tenant;
  insert into device_software select d.tenant, d.id, 'deb', array[s.id], now()
    from devices d join software s on s.tenant = d.tenant and s.name = 'program ' || substr(d.display_name, 6, 5)::int`;

describe("the list of devices", () => {
  let test: TestDatabase<Schema>;

  before(async () => {
    test = await startTestDatabase<Schema>("inventory", join(import.meta.dirname, "../../migrations"));
    await test.asOwner(FILLED);
    await test.asOwner("vacuum analyze");
  });
  after(() => test.stop());

  const asAcme = <T>(work: (work: InventoryWork) => Promise<T>): Promise<T> => test.database.tenant("acme", work);
  const namesOf = (wanted: Partial<ListDevicesRequest>) =>
    asAcme(async (work) => {
      const { devices } = await listDevices(work, "acme", ListDevicesRequest.fromPartial(wanted), NOW);
      return devices.map(({ displayName }) => displayName.slice(0, 10));
    });
  const planOf = (wanted: Partial<ListDevicesRequest>, columns = sql`d.*`) =>
    asAcme(async (work) => {
      const asked = await devicesAsked(work.sql, "acme", ListDevicesRequest.fromPartial(wanted), NOW);
      if (asked === undefined) return "";
      const { rows } = await sql<{ "QUERY PLAN": string }>`explain select ${columns} ${asked} limit 51`.execute(
        work.sql,
      );
      return rows.map((row) => row["QUERY PLAN"]).join("\n");
    });

  it("goes on from a page deep inside by the index", async () => {
    const pageToken = encodePageToken(["host 04000", "00000000-0000-0000-0000-000000000000"]);
    assert.match(await planOf({ pageToken }), /Index Cond:.*ROW\(lower\(display_name\), id\) >/);
    assert.equal((await namesOf({ pageToken }))[0], "host 04000");
  });

  it("reads no other table for places in it than the devices themselves", async () => {
    assert.doesNotMatch(await planOf({}, sql`d.id, lower(d.display_name)`), /presence|device_work/);
  });

  it("finds a rare text, label, platform, version and program by their indexes", async () => {
    assert.match(await planOf({ search: "00007 8f14e45" }), /Bitmap Index Scan on devices_search/);
    assert.match(await planOf({ labelId: RARE }), /Index Scan using devices_pkey/);
    assert.match(await planOf({ platform: "PLATFORM_WINDOWS" }), /devices_platform/);
    assert.match(await planOf({ osVersion: "14" }), /devices_os_version/);
    assert.match(await planOf({ software: "program 7" }), /Bitmap Index Scan on device_software_ids/);
    assert.deepEqual(await namesOf({ search: "00007 8f14e45" }), ["host 00007"]);
    assert.deepEqual(await namesOf({ labelId: RARE }), ["host 00007"]);
    assert.deepEqual(await namesOf({ software: "program 7" }), ["host 00007"]);
    assert.deepEqual(await namesOf({ software: "program 0" }), []);
  });

  it("looks up a fact of those devices alone that a condition is asked of", async () => {
    const [first, second] = await asAcme((work) =>
      listDevices(work, "acme", ListDevicesRequest.fromPartial({ pageSize: 2 }), NOW).then(({ devices }) => devices),
    );
    const ids = [first?.id ?? "", second?.id ?? ""];
    await test.asOwner(`set search_path to inventory, public;
      insert into facts (tenant, device_id, name, value, hash, version, since)
        select 'acme', id, 'os_version', '{"name": "Ubuntu 24"}', '', 1, now() from devices where tenant = 'acme' and id <> '${ids[1]}'`);
    const condition = { fact: "os_version", field: "name", operator: "starts_with", value: "ubuntu" } as const;
    const meeting = await asAcme((work) => devicesMeeting(work, "acme", condition, ids));
    assert.deepEqual([...meeting], [ids[0]]);
    const { devices } = await asAcme((work) => listDevices(work, "acme", ListDevicesRequest.fromPartial({}), NOW, ids));
    assert.deepEqual(
      devices.map(({ id }) => id),
      ids,
    );
  });

  it("is read from views that show the transaction's tenant alone, and can be written through for no other", async () => {
    for (const [view, each] of [
      ["device_list", DEVICES],
      ["software_list", DEVICES],
      ["software_holders", DEVICES],
    ] as const) {
      const count = sql<{ count: number }>`select count(*)::int from ${sql.table(view)}`;
      assert.equal((await asAcme((work) => count.execute(work.sql))).rows[0]?.count, each);
      assert.equal((await test.database.system((work) => count.execute(work.sql))).rows[0]?.count, 0);
      const foreign = sql`update ${sql.table(view)} set tenant = 'third'`;
      await assert.rejects(
        asAcme((work) => foreign.execute(work.sql)),
        /check option|cannot update view/,
      );
    }
  });
});
