import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { tinyOsqueryServer } from "../testing/tiny-osquery-server.ts";
import { openControlDoor } from "./control-door.ts";
import { type FleetOptions, startFleet } from "./fleet.ts";
import type { LedgerEntry } from "./ledger.ts";

const timing = {
  distributedMs: 20,
  configMs: 20,
  logMs: 20,
  carveMs: 20,
  acceleratedMs: 5,
  startWithinMs: 5,
  backOff: { firstMs: 5, mostMs: 20 },
};

const options = (server: string): FleetOptions => ({ server, enrollSecret: "s", hosts: 1, seed: "t", timing });

type Answered = LedgerEntry & { kind: "answered" };
const answered =
  (name: string) =>
  (entry: LedgerEntry): entry is Answered =>
    entry.kind === "answered" && entry.name === name && entry.accepted;

const stateDirectory = await mkdtemp(join(tmpdir(), "muster-fleet-"));
after(() => rm(stateDirectory, { recursive: true }));

describe("a simulated fleet", () => {
  it("enrolls with its details, answers truthfully, and says why a query failed", async (t) => {
    const server = await tinyOsqueryServer(t, "s");
    server.ask({
      queries: { uuid: "select uuid from system_info", wrong: "select * from nowhere", hidden: "select 1" },
      discovery: { hidden: "select 1 where 0" },
    });
    const fleet = await startFleet({ ...options(server.url), platforms: ["linux"] });
    const [host] = fleet.hosts;
    await host?.ledger.wait(answered("wrong"));
    await fleet.stop();
    const [enroll] = server.to("/enroll");
    const { identity } = host?.facts ?? assert.fail("one host");
    assert.equal(enroll?.body["platform_type"], "9");
    const details = enroll?.body["host_details"] as unknown as Record<string, Record<string, unknown>>;
    assert.equal(details["system_info"]?.["hardware_serial"], identity.serial);
    assert.equal(typeof details["system_info"]?.["physical_memory"], "string");
    const [write] = server.to("/distributed/write");
    assert.deepEqual(write?.body["queries"], { uuid: [{ uuid: identity.uuid }], wrong: [] });
    assert.deepEqual(write?.body["statuses"], { uuid: 0, wrong: 1 });
    assert.deepEqual(write?.body["messages"], { uuid: "", wrong: "no such table: nowhere" });
    assert.equal(write?.headers["authorization"], `NodeKey ${host?.nodeKey}`);
  });

  it("enrolls again when its node key is invalid", async (t) => {
    const server = await tinyOsqueryServer(t, "s");
    const fleet = await startFleet(options(server.url));
    const [host] = fleet.hosts;
    const first = await host?.ledger.wait((entry) => entry.kind === "enrolled");
    server.revoked.add(host?.nodeKey ?? "");
    const again = await host?.ledger.wait((entry) => entry.kind === "enrolled" && entry !== first);
    await fleet.stop();
    assert.notDeepEqual(again, first);
    assert.equal(server.to("/enroll").length, 2);
  });

  it("keeps trying with a secret that is refused, and stops when told", async (t) => {
    const server = await tinyOsqueryServer(t, "other");
    const fleet = await startFleet(options(server.url));
    await fleet.hosts[0]?.ledger.wait((entry) => entry.kind === "refused" && server.to("/enroll").length > 2);
    await fleet.stop();
    assert.equal(fleet.hosts[0]?.nodeKey, undefined);
  });

  it("is the same machines with the same keys and facts after a restart", async (t) => {
    const server = await tinyOsqueryServer(t, "s");
    const kept = { ...options(server.url), hosts: 3, stateDirectory };
    const first = await startFleet(kept);
    await Promise.all(first.hosts.map((host) => host.ledger.wait((entry) => entry.kind === "enrolled")));
    const name = first.hosts[0]?.facts.identity.name ?? "";
    for (let step = 0; step < 20; step += 1) first.step(name);
    first.set(name, { table: "users", patch: { shell: "/bin/fish" } });
    first.step(name);
    await first.stop();
    const second = await startFleet(kept);
    const now = new Date();
    for (const [place, host] of second.hosts.entries()) {
      const before = first.hosts[place];
      assert.equal(host.nodeKey, before?.nodeKey);
      for (const table of ["users", "programs", "apps", "os_version", "logical_drives"] as const) {
        assert.deepEqual(host.facts.rows(table, now), before?.facts.rows(table, now));
      }
    }
    await second.stop();
    assert.equal(server.to("/enroll").length, 3);
    await assert.rejects(startFleet({ ...kept, seed: "another" }), /belongs to a fleet with seed t/);
  });

  it("logs scheduled queries, compressed or not, and fetches the whole configuration each time", async (t) => {
    const server = await tinyOsqueryServer(t, "s");
    server.config = {
      etag: "e1",
      schedule: { up: { query: "select uuid from system_info", interval: 1, snapshot: true } },
    };
    const fleet = await startFleet({ ...options(server.url), hosts: 6 });
    await Promise.all(
      fleet.hosts.map((host) => host.ledger.wait((entry) => entry.kind === "logged" && entry.logType === "result")),
    );
    await Promise.all(fleet.hosts.map((host) => host.configCycle()));
    await fleet.stop();
    const logs = server.to("/log");
    assert.deepEqual(new Set(logs.map(({ body }) => body["log_type"])), new Set(["status", "result"]));
    assert.deepEqual(new Set(logs.map(({ headers }) => headers["content-encoding"])), new Set(["gzip", undefined]));
    assert.ok(server.to("/config").every(({ body }) => !("etag" in body)));
  });

  it("lets a test change a fact of one host through the control door", async (t) => {
    const server = await tinyOsqueryServer(t, "s");
    const fleet = await startFleet({ ...options(server.url), hosts: 2, platforms: ["darwin"] });
    const door = await openControlDoor(fleet);
    const hosts = (await (await fetch(`${door.url}/hosts`)).json()) as { name: string }[];
    assert.equal(hosts.length, 2);
    const url = `${door.url}/hosts/${hosts[1]?.name}`;
    const post = (body: unknown) => fetch(`${url}/set`, { method: "POST", body: JSON.stringify(body) });
    const done = await post({ table: "disk_encryption", patch: { encrypted: 0, filevault_status: "off" } });
    assert.deepEqual(await done.json(), { rows: 2 });
    assert.equal((await post({ table: "nonsense", rows: [] })).status, 400);
    server.ask({ queries: { policy: "select 1 from disk_encryption where encrypted = 1" } });
    const entry = await fleet.hosts[1]?.ledger.wait(answered("policy"));
    assert.deepEqual(entry?.rows, []);
    const ledger = (await (await fetch(`${url}/ledger`)).json()) as unknown[];
    assert.ok(ledger.length > 2);
    await door.close();
    await fleet.stop();
  });

  it("answers none of the questions that come with a discovery query that does not run", async (t) => {
    const server = await tinyOsqueryServer(t, "s");
    server.ask({ queries: { fine: "select 1", hidden: "select 1" }, discovery: { hidden: "select 1 from nowhere" } });
    const fleet = await startFleet(options(server.url));
    await fleet.hosts[0]?.ledger.wait((entry) => entry.kind === "asked" && entry.name === "fine");
    server.ask({ queries: { next: "select 1" } });
    await fleet.hosts[0]?.ledger.wait(answered("next"));
    await fleet.stop();
    assert.deepEqual(
      server.to("/distributed/write").map(({ body }) => Object.keys(body["queries"] ?? {})),
      [["next"]],
    );
  });

  it("carves a file in blocks that carry no node key, under a guid that only the answer tells", async (t) => {
    const server = await tinyOsqueryServer(t, "s");
    server.ask({ queries: { file: "select carve_guid from carves where carve = 1 and path = '/etc/it''s'" } });
    const fleet = await startFleet(options(server.url));
    const [host] = fleet.hosts;
    const answer = await host?.ledger.wait(answered("file"));
    const carved = await host?.ledger.wait((entry) => entry.kind === "carved");
    await fleet.stop();
    const [begin] = server.to("/carve/begin").map(({ body }) => body);
    assert.deepEqual(answer?.rows, [{ carve_guid: begin?.["carve_id"] }]);
    assert.match(String(begin?.["request_id"]), /^[0-9a-f-]{36}$/);
    assert.ok(carved?.kind === "carved" && carved.accepted && carved.path === "/etc/it's");
    const blocks = server.to("/carve/block").map(({ body }) => body);
    assert.deepEqual(
      blocks.map((block) => block["block_id"]),
      [0, 1, 2],
    );
    assert.ok(blocks.every((block) => !("node_key" in block)));
    const bytes = Buffer.concat(blocks.map((block) => Buffer.from(String(block["data"]), "base64")));
    assert.equal(bytes.length, begin?.["carve_size"]);
    assert.match(bytes.toString(), /^etc\/it's\0/);
  });
});
