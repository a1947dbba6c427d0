import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import {
  type OsqueryServiceServer,
  OsqueryServiceService,
} from "@muster/contracts/gen/muster/inventory/v1/osquery_service";
import { clientOf } from "@muster/rpc/client";
import { eventually } from "@muster/testkit/eventually";
import type { TestBacking } from "@muster/testkit/test-backing";
import type { Schema } from "../storage/schema.ts";
import { OsqueryHost, type Work } from "../testing/osquery-host.ts";
import { type ServiceProcess, startBacking, startService } from "../testing/service-process.ts";

const caller = { tenant: "acme", actor: "ada@example.org" };

describe("a carve of osquery 4.7 and later, whose request_id names no question", () => {
  let backing: TestBacking<Schema>;
  let service: ServiceProcess;

  before(async () => {
    backing = await startBacking();
    service = await startService(backing);
  });

  after(async () => {
    const code = await service?.stop();
    await backing?.stop();
    assert.equal(code, 0);
  });

  const osquery = () => clientOf<OsqueryServiceServer>(OsqueryServiceService, service.channel);

  /** A host that was handed the question of a new carve. */
  const asked = async (path: string): Promise<{ host: OsqueryHost; id: string; name: string; work: Work }> => {
    const host = new OsqueryHost(service);
    await host.settle();
    const { carve } = await osquery().startCarve({ deviceId: host.id, path }, caller);
    const id = carve?.id ?? "";
    const name = `muster_carve_${id}`;
    const work = await eventually("the question", async () => {
      const read = await host.read();
      return name in read.queries ? read : undefined;
    });
    return { host, id, name, work };
  };

  const begin = (host: OsqueryHost, guid: string, size = 4) =>
    service.post("/api/osquery/carve/begin", {
      node_key: host.key,
      block_count: Math.ceil(size / 8192),
      block_size: 8192,
      carve_size: size,
      carve_id: guid,
      request_id: randomUUID(),
    });

  const carveOf = async (host: OsqueryHost, id: string) => {
    const { carves } = await osquery().listCarves({ deviceId: host.id, pageSize: 0, pageToken: "" }, caller);
    return carves.find((carve) => carve.id === id);
  };

  it("is known by the guid that the answer told, also when it begins before the answer is there", async () => {
    const { host, id, name, work } = await asked("/etc/hosts");
    assert.match(work.queries[name] ?? "", /^select carve_guid from carves/);
    const guid = randomUUID();
    host.answers[name] = [{ carve_guid: guid }];
    const early = begin(host, guid);
    await host.write(work);
    const response = await early;
    assert.equal(response.status, 200);
    const { session_id } = (await response.json()) as { session_id: string };
    const data = Buffer.from("abcd").toString("base64");
    const block = await service.post("/api/v1/osquery/carve/block", { block_id: 0, session_id, data });
    assert.equal(block.status, 200);
    assert.equal((await carveOf(host, id))?.state, "completed");
  });

  it("is refused when it is another than was asked for, and the one asked for is not asked again", async () => {
    const { host, name, work } = await asked("/etc/hosts");
    host.answers[name] = [{ carve_guid: randomUUID() }];
    await host.write(work);
    assert.equal((await begin(host, randomUUID())).status, 404);
    assert.deepEqual((await host.read()).queries, {});
  });

  it("has failed when it is larger than is taken", async () => {
    const { host, id, name, work } = await asked("/var/log/huge");
    const guid = randomUUID();
    host.answers[name] = [{ carve_guid: guid }];
    await host.write(work);
    assert.equal((await begin(host, guid, 257 * 1024 * 1024)).status, 413);
    const carve = await carveOf(host, id);
    assert.equal(carve?.state, "failed");
    assert.match(carve?.error ?? "", /at most 268435456 bytes, and this one has 269484032/);
  });

  it("has failed when the host began none", async () => {
    const { host, id, name, work } = await asked("/nowhere/%");
    host.answers[name] = [];
    await host.write(work);
    const carve = await carveOf(host, id);
    assert.equal(carve?.state, "failed");
    assert.match(carve?.error ?? "", /its carver is disabled, or it has no such file/);
  });
});
