import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import {
  type DeviceServiceServer,
  DeviceServiceService,
} from "@muster/contracts/gen/muster/inventory/v1/device_service";
import { clientOf } from "@muster/rpc/client";
import { eventually } from "@muster/testkit/eventually";
import type { TestBacking } from "@muster/testkit/test-backing";
import type { TestBus } from "@muster/testkit/test-bus";
import type { TestDatabase } from "@muster/testkit/test-database";
import { sql } from "kysely";
import type { Schema } from "../storage/schema.ts";
import { noteWorkChanged } from "../storage/work-changes.ts";
import { OsqueryHost } from "../testing/osquery-host.ts";
import { nodeKey, type ServiceProcess, startBacking, startService } from "../testing/service-process.ts";

const READ = "/api/osquery/distributed/read";
const WRITE = "/api/v1/osquery/distributed/write";
const caller = { tenant: "acme", actor: "ada@example.org" };

describe("the osquery door", () => {
  let backing: TestBacking<Schema>;
  let bus: TestBus;
  let database: TestDatabase<Schema>;
  let service: ServiceProcess;

  before(async () => {
    backing = await startBacking();
    ({ bus, database } = backing);
    service = await startService(backing);
  });

  after(async () => {
    const code = await service?.stop();
    await backing?.stop();
    assert.equal(code, 0);
  });

  const devices = () => clientOf<DeviceServiceServer>(DeviceServiceService, service.channel);
  const factsOf = async (deviceId: string, asOf?: Date) => {
    const { facts } = await devices().listFacts({ deviceId, asOf }, caller);
    return new Map(facts.map(({ name, value }) => [name, value]));
  };

  it("asks an unknown device what it is, then everything its platform has, then nothing", async () => {
    const host = new OsqueryHost(service);
    const first = await host.read();
    assert.deepEqual(Object.keys(first.queries).sort(), [
      "muster_detail_os_version",
      "muster_detail_osquery_info",
      "muster_detail_system_info",
    ]);
    await host.write(first);
    const second = await host.read();
    assert.ok("muster_detail_deb_packages" in second.queries);
    assert.match(second.discovery?.["muster_detail_deb_packages"] ?? "", /osquery_registry/);
    await host.write(second);
    assert.deepEqual(await host.read(), { queries: {}, node_invalid: false });
    const { device } = await devices().getDevice({ deviceId: host.id }, caller);
    assert.equal(device?.platform, "PLATFORM_LINUX");
    assert.equal(device?.osName, "Ubuntu");
    assert.equal(device?.primaryAddress, "10.1.2.3");
    assert.equal(device?.displayName, host.answers["muster_detail_system_info"]?.[0]?.["hostname"]);
    const system = (await factsOf(host.id)).get("system_info");
    assert.equal(system.physical_memory, 16777216000);
  });

  it("shows a device as online within seconds of its contact", async () => {
    const host = new OsqueryHost(service);
    await host.settle();
    const { device } = await devices().getDevice({ deviceId: host.id }, caller);
    assert.equal(device?.online, true);
  });

  it("keeps what was true on an earlier day", async () => {
    const host = new OsqueryHost(service);
    await host.settle();
    const before = new Date();
    const refetch = async () => {
      await devices().refetch({ deviceId: host.id }, caller);
      await eventually("the questions", async () => ((await host.settle()).length > 0 ? true : undefined));
    };
    host.answers["muster_detail_os_version"] = [{ name: "Ubuntu", version: "24.04", platform: "ubuntu" }];
    host.answers["muster_detail_deb_packages"] = [{ name: "bash", version: "5.2", vendor: "Debian" }];
    await refetch();
    assert.equal((await factsOf(host.id)).get("os_version").version, "24.04");
    assert.equal((await factsOf(host.id, before)).get("os_version").version, "22.04.4 LTS");
    assert.equal((await factsOf(host.id, new Date(0))).size, 0);
    const names = async (asOf?: Date) => {
      const { software } = await devices().listDeviceSoftware({ deviceId: host.id, asOf, search: "" }, caller);
      return software.map(({ name, version }) => `${name} ${version}`);
    };
    assert.deepEqual(await names(), ["bash 5.2"]);
    assert.deepEqual(await names(before), ["bash 5.1", "openssl 3.0.2"]);
    assert.deepEqual(await names(new Date(0)), []);
    const history = await devices().listFactHistory(
      { deviceId: host.id, name: "os_version", pageSize: 1, pageToken: "" },
      caller,
    );
    assert.equal(history.facts[0]?.version, 2);
    assert.notEqual(history.nextPageToken, "");
    const again = (await devices().getDevice({ deviceId: host.id }, caller)).device?.version;
    await refetch();
    const { device } = await devices().getDevice({ deviceId: host.id }, caller);
    assert.equal(device?.version, again, "an unchanged answer raises no version");
  });

  it("refuses a bad key and a generation that is over, and accepts all three kinds of key", async () => {
    for (const body of [{}, { node_key: "nonsense" }, { node_key: 7 }]) {
      const response = await service.post(READ, body);
      assert.equal(response.status, 401);
      assert.equal(((await response.json()) as { node_invalid: boolean }).node_invalid, true);
    }
    const deviceId = randomUUID();
    for (const method of ["osquery", "orbit", "agent"] as const) {
      const response = await service.post(READ, {}, { authorization: `NodeKey ${nodeKey(deviceId, { method })}` });
      assert.equal(response.status, 200, method);
    }
    await database.database.system((work) =>
      sql`update devices set generations = '{"osquery": 2}' where id = ${deviceId}`.execute(work.sql),
    );
    bus.bus.publish("work.inventory.acme", deviceId);
    await eventually("the older key to be refused", async () => {
      const response = await service.post(READ, { node_key: nodeKey(deviceId) });
      return response.status === 401 ? true : undefined;
    });
    const newer = await service.post(READ, { node_key: nodeKey(deviceId, { generation: 3 }) });
    assert.equal(newer.status, 200, "its enrollment event is still under way");
  });

  it("says what is wrong with a body that it cannot read, and goes on", async () => {
    const host = new OsqueryHost(service);
    const key = host.key;
    const bad: [unknown, number][] = [
      ["{", 400],
      ["[]", 400],
      [{ node_key: key, queries: [] }, 400],
      [{ node_key: key, queries: { muster_detail_users: "x" } }, 400],
      [{ node_key: key, queries: { muster_detail_users: [7] } }, 400],
      [{ node_key: key, queries: { unknown_query: [{ a: "b" }] } }, 200],
      [{ node_key: key, queries: { muster_detail_os_version: "" }, statuses: { muster_detail_os_version: "1" } }, 200],
      [{ node_key: key, queries: { muster_detail_system_info: [{ hostname: "a\u0000b", uuid: null }] } }, 200],
    ];
    for (const [body, status] of bad) {
      const response = await service.post(WRITE, body);
      assert.equal(response.status, status, JSON.stringify(body));
      await response.text();
    }
    const { device } = await devices().getDevice({ deviceId: host.id }, caller);
    assert.equal(device?.hostname, "ab");
  });

  it("hands out the configuration, and only its etag while it is the same", async () => {
    const host = new OsqueryHost(service);
    const config = async (etag?: string) =>
      (await (await service.post("/api/osquery/config", { node_key: host.key, etag })).json()) as Record<
        string,
        unknown
      >;
    const first = await config();
    assert.equal((first["options"] as Record<string, unknown>)["distributed_interval"], 10);
    assert.match(String(first["etag"]), /^[0-9a-f]{64}$/);
    assert.deepEqual(await config(String(first["etag"])), { etag: "ok" });
    const version = (await (await fetch(`${service.http}/version`)).json()) as Record<string, unknown>;
    assert.equal(version["version"], "0.1.0");
  });

  it("keeps a tenant's devices from another tenant", async () => {
    const host = new OsqueryHost(service);
    await host.settle();
    const stranger = { tenant: "globex", actor: "" };
    await assert.rejects(devices().getDevice({ deviceId: host.id }, stranger), { code: "device.unknown" });
    await assert.rejects(devices().listFacts({ deviceId: host.id, asOf: undefined }, stranger), {
      code: "device.unknown",
    });
  });

  it("asks what is due anew though no message told of it", async () => {
    const host = new OsqueryHost(service);
    await host.settle();
    await database.database.system(async (work) => {
      await sql`
        update device_work set detail_due_at = '-infinity', detail_asked_at = '-infinity'
        where device_id = ${host.id}`.execute(work.sql);
      await noteWorkChanged(work, [{ tenant: "acme", deviceId: host.id }]);
    });
    await eventually("the questions", async () => ((await host.settle()).length > 0 ? true : undefined));
  });

  it("keeps the new one of long answers, reads no known one, and takes a body that was cut wrongly", async () => {
    const software = Array.from({ length: 50 }, (_, n) => ({ name: `p${n}`, version: "1", vendor: "" }));
    const host = new OsqueryHost(service, { muster_detail_deb_packages: software });
    await host.settle();
    const names = async () => {
      const found = await devices().listDeviceSoftware({ deviceId: host.id, asOf: undefined, search: "" }, caller);
      return found.software.map(({ name }) => name).sort();
    };
    const write = async (queries: object) =>
      (await service.post(WRITE, { node_key: host.key, queries, statuses: {} })).status;
    assert.equal((await names()).length, 50);
    assert.equal(await write({ muster_detail_deb_packages: software }), 200);
    assert.equal((await names()).length, 50);
    assert.equal(await write({ muster_detail_deb_packages: software.slice(1) }), 200);
    assert.ok(!(await names()).includes("p0"));
    const other = { other: software, muster_detail_uptime: [{ total_seconds: "1" }] };
    assert.equal(await write({ muster_detail_deb_packages: software, ...other }), 200);
    assert.ok((await names()).includes("p0"));
    assert.equal(await write({ muster_detail_deb_packages: software.map(() => "no row".repeat(9)) }), 400);
  });

  it("takes the answers of many hosts at once, and of one host many times at once", async () => {
    const hosts = Array.from({ length: 60 }, () => new OsqueryHost(service));
    await Promise.all(hosts.map((host) => host.settle()));
    const [one] = hosts;
    assert.ok(one);
    await Promise.all(
      Array.from({ length: 30 }, (_, index) => {
        one.answers["muster_detail_os_version"] = [{ name: "Ubuntu", version: `${index}`, platform: "ubuntu" }];
        return one.write({ queries: { muster_detail_os_version: "" } });
      }),
    );
    const { facts } = await devices().listFactHistory(
      { deviceId: one.id, name: "os_version", pageSize: 100, pageToken: "" },
      caller,
    );
    const versions = facts.map(({ version }) => version);
    assert.deepEqual(
      versions,
      [...versions].sort((a, b) => b - a),
    );
    assert.equal(new Set(versions).size, versions.length);
    for (const [index, fact] of facts.entries()) {
      if (index > 0) assert.deepEqual(fact.until, facts[index - 1]?.since, "each value ends where the next begins");
    }
  });
});
