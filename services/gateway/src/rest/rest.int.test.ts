import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Method, Platform } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import { type GatewayProcess, startGatewayProcess } from "@muster/testkit/gateway-process";
import type { GatewayTables } from "../storage/tables.ts";
import { type Fleet, LAPTOP, POLICY_ID, startFleet } from "../testing/fleet.ts";

describe("the REST API", () => {
  let fleet: Fleet;
  let gateway: GatewayProcess<GatewayTables>;

  before(async () => {
    fleet = await startFleet();
    gateway = await startGatewayProcess(fleet.address);
  });

  after(async () => {
    await gateway?.stop();
    await fleet?.stop();
  });

  const call = (path: string, init: { method?: string; body?: string; headers?: Record<string, string> } = {}) =>
    fetch(gateway.url + path, {
      ...init,
      headers: { authorization: `Bearer ${gateway.admin.token}`, ...init.headers },
    });

  it("answers with proto3 JSON in which nothing is left out for being empty", async () => {
    const response = await call(`/api/v1/devices/${LAPTOP.id}`);
    assert.equal(response.status, 200);
    assert.match(response.headers.get("x-request-id") ?? "", /^[0-9a-f-]{36}$/);
    const device = (await response.json()) as Record<string, unknown>;
    assert.equal(device["displayName"], "Ada's laptop");
    assert.equal(device["platform"], Platform.PLATFORM_LINUX);
    assert.equal(device["method"], Method.METHOD_OSQUERY);
    assert.equal(device["version"], 7);
    assert.equal(device["unenrolled"], false);
    assert.deepEqual(device["labelIds"], []);
  });

  it("reads query parameters as request fields, enums in their short form too", async () => {
    const response = await call("/api/v1/devices?platform=linux&pageSize=20&includeUnenrolled=true&search=ada%20l");
    assert.equal(response.status, 200);
    const { request, caller } = fleet.listed.at(-1) ?? assert.fail("nothing was asked");
    assert.equal(request.platform, Platform.PLATFORM_LINUX);
    assert.equal(request.pageSize, 20);
    assert.equal(request.includeUnenrolled, true);
    assert.equal(request.search, "ada l");
    assert.deepEqual([caller.tenant, caller.actor], ["default", "token:first"]);
  });

  it("names the parameter or field it does not know", async () => {
    for (const [path, body, expected] of [
      ["/api/v1/devices?colour=red", undefined, /"colour" is not known here; known are search, platform/],
      ["/api/v1/devices?platform=amiga", undefined, /"platform" is "amiga", which is not one of linux, macos/],
      ["/api/v1/devices?pageSize=many", undefined, /"pageSize": expected number/],
      ["/api/v1/devices?search=a&search=b", undefined, /"search" is given more than once/],
      ["/api/v1/policies", { selection: { planets: [] } }, /"selection.planets" is not known here/],
      ["/api/v1/users", { email: 3 }, /"email": expected string/],
      ["/api/v1/users", [], /the body is not a JSON object/],
    ] as const) {
      const response = await call(path, body === undefined ? {} : { method: "POST", body: JSON.stringify(body) });
      const problem = (await response.json()) as { code: string; detail: string; status: number };
      assert.equal(response.status, 400, path);
      assert.equal(response.headers.get("content-type"), "application/problem+json; charset=utf-8");
      assert.equal(problem.code, "api.bad_request");
      assert.match(problem.detail, expected);
    }
  });

  it("passes a refusal of the service behind it on as it is", async () => {
    const response = await call("/api/v1/devices/nobody");
    assert.equal(response.status, 404);
    const problem = (await response.json()) as { code: string; detail: string };
    assert.equal(problem.code, "inventory.device_unknown");
    assert.equal(problem.detail, "there is no device nobody");
  });

  it("answers a read with a tag, and with 304 to who holds that very answer", async () => {
    const path = `/api/v1/policies/${POLICY_ID}`;
    const first = await call(path);
    const tag = first.headers.get("etag") ?? "";
    assert.match(tag, /^"3-[\w-]{16}"$/);
    const held = await call(path, { headers: { "if-none-match": `"2", W/${tag}` } });
    assert.deepEqual([held.status, held.headers.get("etag"), await held.text()], [304, tag, ""]);
    assert.equal((await call(path, { headers: { "if-match": '"2"' } })).status, 412);
    assert.equal((await call(`/api/v1/devices/${LAPTOP.id}`)).headers.get("etag"), null);
    // A count that changed is another answer, of the same revision.
    await call(path, { method: "DELETE", headers: { "if-match": tag } });
    const counted = await call(path, { headers: { "if-none-match": tag } });
    assert.equal(counted.status, 200);
    assert.match(counted.headers.get("etag") ?? "", /^"3-/);
    assert.notEqual(counted.headers.get("etag"), tag);
  });

  it("changes only what is as the tag says, and says what to do when it is not", async () => {
    const path = `/api/v1/policies/${POLICY_ID}`;
    const tag = (await call(path)).headers.get("etag") ?? "";
    const put = (ifMatch: string, headers = {}) =>
      call(path, { method: "PUT", body: '{"name":"Disk"}', headers: { "if-match": ifMatch, ...headers } });
    for (const bad of ['"2"', `W/${tag}`, '"of-another"', '"1", "2"']) {
      const refused = await put(bad);
      const problem = (await refused.json()) as { code: string; detail: string };
      assert.deepEqual([refused.status, problem.code], [412, "revision.changed"], bad);
      assert.match(problem.detail, /read it again/);
    }
    const done = await put(`"2", ${tag}`, { "idempotency-key": "rename" });
    assert.deepEqual([done.status, ((await done.json()) as { revision: number }).revision], [200, 4]);
    const again = await put(`"2", ${tag}`, { "idempotency-key": "rename" });
    assert.deepEqual([again.status, again.headers.get("idempotent-replayed")], [200, "true"]);
    assert.equal((await put('"4"', { "idempotency-key": "rename" })).status, 409);
    assert.equal((await put(tag)).status, 412);
    assert.equal((await put("*")).status, 200);
    assert.equal((await put('"5"')).status, 200);
  });

  it("refuses a condition that it cannot hold a change against", async () => {
    const policy = `/api/v1/policies/${POLICY_ID}`;
    for (const [method, path, body, headers, detail] of [
      ["PUT", policy, "{}", { "if-match": "3" }, /tags in quotes/],
      ["PUT", policy, "{}", { "if-none-match": "*" }, /a change takes If-Match/],
      ["POST", `/api/v1/devices/${LAPTOP.id}/refetch`, undefined, { "if-match": '"3"' }, /no revision/],
      ["DELETE", `${policy}?expectedRevisions=3`, undefined, {}, /"expectedRevisions" is not known/],
    ] as const) {
      const refused = await call(path, { method, ...(body !== undefined && { body }), headers: { ...headers } });
      const problem = (await refused.json()) as { code: string; detail: string };
      assert.deepEqual([refused.status, problem.code], [400, "api.bad_request"]);
      assert.match(problem.detail, detail);
    }
  });

  it("asks all services about the backbone, and names those that do not answer", async () => {
    // The fleet behind this gateway offers no BackboneService.
    const unanswered = ["command", "enrollment", "inventory", "notification", "policy"];
    const backbone = await call("/api/v1/backbone");
    assert.equal(backbone.status, 200);
    assert.deepEqual(await backbone.json(), { consumers: [], unanswered });
    const parked = await call("/api/v1/parked-events?state=dead");
    assert.deepEqual(await parked.json(), { parkedEvents: [], nextPageToken: "", unanswered });
    const dropped = await call("/api/v1/parked-events/gateway-policy:1/drop", { method: "POST" });
    assert.equal(dropped.status, 404);
    assert.equal(((await dropped.json()) as { code: string }).code, "parked.unknown");
  });

  it("answers with the status the proto names", async () => {
    const response = await call(`/api/v1/devices/${LAPTOP.id}/refetch`, { method: "POST" });
    assert.equal(response.status, 202);
    assert.deepEqual(await response.json(), {});
    assert.deepEqual(fleet.refetched, [LAPTOP.id]);
  });

  it("says of itself what it offers", async () => {
    const response = await fetch(`${gateway.url}/api/v1/openapi.json`);
    const { openapi, paths } = (await response.json()) as { openapi: string; paths: Record<string, unknown> };
    assert.equal(openapi, "3.1.0");
    assert.ok(paths["/api/v1/devices/{deviceId}"]);
  });

  it("refuses who is nobody, and says how to be somebody", async () => {
    for (const authorization of ["", "Bearer muster_wrong", "Basic YTpi"]) {
      const response = await fetch(`${gateway.url}/api/v1/devices`, { headers: { authorization } });
      assert.equal(response.status, 401);
      assert.equal(((await response.json()) as { code: string }).code, "api.unauthenticated");
    }
  });

  it("creates the first administrator once", async () => {
    assert.deepEqual(JSON.parse(await gateway.firstAdmin()), { exists: true });
    assert.match(gateway.admin.token, /^muster_[\w-]{43}$/);
  });
});
