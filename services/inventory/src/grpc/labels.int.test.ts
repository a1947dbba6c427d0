import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import { Label } from "@muster/contracts/gen/muster/inventory/v1/device";
import {
  type DeviceServiceServer,
  DeviceServiceService,
  ListDevicesRequest,
} from "@muster/contracts/gen/muster/inventory/v1/device_service";
import { type LabelServiceServer, LabelServiceService } from "@muster/contracts/gen/muster/inventory/v1/label_service";
import {
  type OsqueryServiceServer,
  OsqueryServiceService,
} from "@muster/contracts/gen/muster/inventory/v1/osquery_service";
import { clientOf } from "@muster/rpc/client";
import { eventually } from "@muster/testkit/eventually";
import type { TestBacking } from "@muster/testkit/test-backing";
import type { TestBus } from "@muster/testkit/test-bus";
import type { TestDatabase } from "@muster/testkit/test-database";
import { sql } from "kysely";
import type { Schema } from "../storage/schema.ts";
import { OsqueryHost } from "../testing/osquery-host.ts";
import { type ServiceProcess, startBacking, startService } from "../testing/service-process.ts";

const caller = { tenant: "acme", actor: "ada@example.org" };

describe("labels, logs and carves", () => {
  let backing: TestBacking<Schema>;
  let bus: TestBus;
  let database: TestDatabase<Schema>;
  let service: ServiceProcess;
  const memberships: { labelId: string; member: boolean; deviceId: string }[] = [];

  before(async () => {
    backing = await startBacking();
    ({ bus, database } = backing);
    bus.bus.subscribe("evt.v1.acme.inventory.LabelMembershipChanged", {
      callback: (_error, message) => void memberships.push(message.json()),
    });
    service = await startService(backing);
  });

  after(async () => {
    const code = await service?.stop();
    await backing?.stop();
    assert.equal(code, 0);
  });

  const labels = () => clientOf<LabelServiceServer>(LabelServiceService, service.channel);
  const devices = () => clientOf<DeviceServiceServer>(DeviceServiceService, service.channel);
  const osquery = () => clientOf<OsqueryServiceServer>(OsqueryServiceService, service.channel);
  const create = async (label: Partial<Label>): Promise<Label> => {
    const { label: made } = await labels().createLabel({ label: Label.fromPartial(label) }, caller);
    assert.ok(made);
    return made;
  };
  const membersOf = async (labelId: string) => {
    const request = ListDevicesRequest.fromPartial({ labelId });
    return (await devices().listDevices(request, caller)).devices.map(({ id }) => id);
  };
  const asked = (host: OsqueryHost) =>
    eventually("a question", async () => {
      const names = await host.settle();
      return names.length > 0 ? names : undefined;
    });

  it("puts a label on by hand and takes it off, and tells each once", async () => {
    const host = new OsqueryHost(service);
    await host.settle();
    const label = await create({ name: "Board", kind: "LABEL_KIND_MANUAL" });
    const change = { id: label.id, deviceIds: [host.id] };
    await labels().addLabelDevices(change, caller);
    const twice = await labels().addLabelDevices(change, caller);
    assert.equal(twice.label?.deviceCount, 1);
    assert.deepEqual(await membersOf(label.id), [host.id]);
    await labels().removeLabelDevices(change, caller);
    const told = await eventually("both events", async () => {
      const events = memberships.filter(({ labelId }) => labelId === label.id);
      return events.length >= 2 ? events : undefined;
    });
    assert.deepEqual(
      told.map(({ member }) => member ?? false),
      [true, false],
    );
    await assert.rejects(labels().addLabelDevices({ id: label.id, deviceIds: [randomUUID()] }, caller), {
      code: "device.unknown",
    });
    await assert.rejects(create({ name: "Board", kind: "LABEL_KIND_MANUAL" }), { code: "label.name_taken" });
  });

  it("finds the members of a label by asking, and again when the question is another", async () => {
    const [yes, no] = [new OsqueryHost(service), new OsqueryHost(service)];
    yes.answers["muster_label_"] = [{ one: "1" }];
    await Promise.all([yes.settle(), no.settle()]);
    const label = await create({ name: "Docker", kind: "LABEL_KIND_QUERY", query: "select 1 from docker_info" });
    await Promise.all([asked(yes), asked(no)]);
    assert.deepEqual(await membersOf(label.id), [yes.id]);
    yes.answers["muster_label_"] = [];
    await labels().updateLabel(
      { id: label.id, label: { ...label, query: "select 2 from docker_info" }, expectedRevisions: [1] },
      caller,
    );
    await asked(yes);
    assert.deepEqual(await membersOf(label.id), []);
    const late = { id: label.id, expectedRevisions: [1] };
    await assert.rejects(labels().updateLabel({ ...late, label }, caller), { code: "revision.changed" });
    await assert.rejects(labels().deleteLabel(late, caller), { code: "revision.changed" });
    await labels().deleteLabel({ ...late, expectedRevisions: [2] }, caller);
  });

  it("takes a label off what it asks no more when it is of other platforms, and tells so", async () => {
    const host = new OsqueryHost(service);
    host.answers["muster_label_"] = [{ one: "1" }];
    await host.settle();
    const label = await create({ name: "Shells", kind: "LABEL_KIND_QUERY", query: "select 1 from shells" });
    await asked(host);
    assert.deepEqual(await membersOf(label.id), [host.id]);
    const ofMacs = { ...label, platforms: ["PLATFORM_MACOS" as const] };
    await labels().updateLabel({ id: label.id, label: ofMacs, expectedRevisions: [] }, caller);
    assert.deepEqual(await membersOf(label.id), []);
    await labels().deleteLabel({ id: label.id, expectedRevisions: [] }, caller);
  });

  it("finds the members of a label by a fact at once, and follows the fact", async () => {
    const [old, young] = [new OsqueryHost(service), new OsqueryHost(service)];
    old.answers["muster_detail_os_version"] = [{ name: "Debian", version: "9.13", platform: "debian" }];
    young.answers["muster_detail_os_version"] = [{ name: "Debian", version: "12.1", platform: "debian" }];
    await Promise.all([old.settle(), young.settle()]);
    const condition = { fact: "os_version", field: "version", operator: "less_than", value: "10" };
    const label = await create({ name: "Old Debian", kind: "LABEL_KIND_FACT", condition });
    assert.deepEqual(await membersOf(label.id), [old.id]);
    old.answers["muster_detail_os_version"] = [{ name: "Debian", version: "12.1", platform: "debian" }];
    await devices().refetch({ deviceId: old.id }, caller);
    await asked(old);
    assert.deepEqual(await membersOf(label.id), []);
    const other = { ...label, condition: { ...condition, operator: "greater_than" } };
    await labels().updateLabel({ id: label.id, label: other, expectedRevisions: [] }, caller);
    assert.deepEqual((await membersOf(label.id)).filter((id) => [old.id, young.id].includes(id)).length, 2);
    await labels().deleteLabel({ id: label.id, expectedRevisions: [] }, caller);
    assert.deepEqual((await devices().getDevice({ deviceId: old.id }, caller)).device?.labelIds, []);
  });

  it("lists, counts and searches devices page by page", async () => {
    const made = Array.from({ length: 5 }, () => new OsqueryHost(service));
    for (const [index, host] of made.entries()) {
      host.answers["muster_detail_system_info"] = [{ hostname: `paging_%${index}`, hardware_serial: `P${index}` }];
    }
    await Promise.all(made.map((host) => host.settle()));
    const request = ListDevicesRequest.fromPartial({ search: "Paging_%", pageSize: 2, presence: "online" });
    const seen: string[] = [];
    for (let pageToken = ""; ; ) {
      const page = await devices().listDevices({ ...request, pageToken }, caller);
      seen.push(...page.devices.map(({ hostname }) => hostname));
      pageToken = page.nextPageToken;
      if (pageToken === "") break;
    }
    assert.deepEqual(
      seen,
      [0, 1, 2, 3, 4].map((index) => `paging_%${index}`),
    );
    const bySoftware = ListDevicesRequest.fromPartial({ software: "bash", search: "paging" });
    assert.equal((await devices().listDevices(bySoftware, caller)).devices.length, 5);
    const { software } = await devices().listSoftware(
      { search: "OPENSSL", source: "deb", pageSize: 0, pageToken: "" },
      caller,
    );
    const { counts } = await devices().countDevices({}, caller);
    const total = counts.reduce((sum, { count }) => sum + count, 0);
    assert.equal(software[0]?.deviceCount, total, "every host of this test has the same packages");
    assert.equal((await devices().getDevice({ deviceId: "p3" }, caller)).device?.hostname, "paging_%3");
  });

  it("keeps what scheduled queries log, unpacks it, and refuses what it does not know", async () => {
    const host = new OsqueryHost(service);
    const base = { name: "pack/users", unixTime: 1_700_000_000 };
    const data = [
      { ...base, action: "added", columns: { username: "ada" } },
      { ...base, action: "snapshot", snapshot: [{ a: "1" }, { a: "2" }] },
      { ...base, diffResults: { added: [{ b: "1" }], removed: [{ b: "2" }] } },
    ];
    const body = gzipSync(JSON.stringify({ node_key: host.key, log_type: "result", data }));
    const sent = await fetch(`${service.http}/api/osquery/log`, {
      method: "POST",
      body,
      headers: { "content-encoding": "gzip", "content-type": "application/json" },
    });
    assert.equal(sent.status, 200);
    const request = { deviceId: host.id, name: "", pageSize: 0, pageToken: "" };
    const { results } = await osquery().listQueryResults(request, caller);
    assert.deepEqual(results.map(({ action }) => action).sort(), ["added", "added", "removed", "snapshot"]);
    for (const bad of [
      {},
      { log_type: "x", data: [] },
      { log_type: "result", data: [{ name: "q" }] },
      { log_type: "status", data: [1] },
    ]) {
      const response = await service.post("/api/osquery/log", { node_key: host.key, ...bad });
      assert.equal(response.status, 400);
      assert.equal(((await response.json()) as { code: string }).code, "osquery.bad_log");
    }
  });

  it("receives a carve block by block, whatever their order, and gives it back whole", async () => {
    const host = new OsqueryHost(service);
    await host.settle();
    const { carve } = await osquery().startCarve({ deviceId: host.id, path: "/etc/it's" }, caller);
    const name = `muster_carve_${carve?.id}`;
    const work = await eventually("the question", async () => {
      const read = await host.read();
      return name in read.queries ? read : undefined;
    });
    assert.match(work.queries[name] ?? "", /path = '\/etc\/it''s'/);
    const content = Buffer.from("0123456789");
    const start = {
      node_key: host.key,
      block_count: 3,
      block_size: 4,
      carve_size: 10,
      carve_id: "g",
      request_id: name,
    };
    const begin = (body: object) => service.post("/api/osquery/carve/begin", body);
    assert.equal((await begin({ ...start, block_count: 2 })).status, 400);
    assert.equal((await begin({ ...start, node_key: new OsqueryHost(service).key })).status, 404);
    const { session_id } = (await (await begin(start)).json()) as { session_id: string };
    const send = (block_id: number, data: Buffer, session = session_id) =>
      service.post("/api/osquery/carve/block", {
        block_id,
        session_id: session,
        request_id: name,
        data: data.toString("base64"),
      });
    assert.equal((await send(0, content.subarray(0, 3))).status, 400);
    assert.equal((await send(0, content.subarray(0, 4), "guess")).status, 404);
    for (const block of [2, 0, 0, 1]) {
      assert.equal((await send(block, content.subarray(block * 4, block * 4 + 4))).status, 200);
    }
    const pieces: Buffer[] = [];
    for await (const piece of osquery().readCarve({ id: carve?.id ?? "" }, caller, AbortSignal.timeout(60_000))) {
      pieces.push(piece.content);
    }
    assert.equal(Buffer.concat(pieces).toString(), content.toString());
    const { carves } = await osquery().listCarves({ deviceId: host.id, pageSize: 0, pageToken: "" }, caller);
    assert.equal(carves[0]?.state, "completed");
  });

  it("hands hosts a changed configuration, and refuses one that osquery could not run", async () => {
    const host = new OsqueryHost(service);
    const config = async () =>
      (await (await service.post("/api/osquery/config", { node_key: host.key })).json()) as { schedule: object };
    assert.deepEqual((await config()).schedule, {});
    const schedule = { users: { query: "select * from users", interval: 60 } };
    const osqueryConfig = {
      options: undefined,
      packs: undefined,
      decorators: undefined,
      revision: 0,
      updatedAt: undefined,
    };
    const first = { osqueryConfig: { ...osqueryConfig, schedule }, expectedRevisions: [0] };
    await osquery().updateOsqueryConfig(first, caller);
    await assert.rejects(osquery().updateOsqueryConfig(first, caller), { code: "revision.changed" });
    await eventually("the new schedule", async () => ("users" in (await config()).schedule ? true : undefined));
    for (const users of [{ interval: 60 }, { query: "select 1", interval: 604_801 }]) {
      const bad = { ...osqueryConfig, schedule: { users } };
      await assert.rejects(osquery().updateOsqueryConfig({ osqueryConfig: bad, expectedRevisions: [] }, caller), {
        code: "osquery.bad_config",
      });
    }
  });

  it("are so many in a tenant that a device's event can tell all that it carries", async () => {
    await database.database.tenant("full", ({ sql: db }) =>
      sql`insert into labels (tenant, id, name, description, kind, query, platforms, created_at, revision)
        select 'full', gen_random_uuid(), n::text, '', 'LABEL_KIND_MANUAL', '', '{}', now(), 1
        from generate_series(1, 9999) n`.execute(db),
    );
    const full = { tenant: "full", actor: caller.actor };
    const make = (name: string) =>
      labels().createLabel({ label: Label.fromPartial({ name, kind: "LABEL_KIND_MANUAL" }) }, full);
    const { label } = await make("the last");
    await assert.rejects(make("one more"), { code: "label.too_many" });
    assert.ok(label);
    await labels().updateLabel(
      { id: label.id, label: { ...label, name: "still the last" }, expectedRevisions: [] },
      full,
    );
  });
});
