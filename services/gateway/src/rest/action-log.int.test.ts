import assert from "node:assert/strict";
import { once } from "node:events";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { createLogger } from "@muster/host/logging";
import { eventually } from "@muster/testkit/eventually";
import { type GatewayProcess, startGatewayProcess } from "@muster/testkit/gateway-process";
import { startTestDatabase } from "@muster/testkit/test-database";
import type { GatewayTables } from "../storage/tables.ts";
import { type Fleet, LAPTOP, startFleet } from "../testing/fleet.ts";
import { ActionLog } from "./action-log.ts";

interface Taken {
  readonly tenant: string;
  readonly body: Record<string, never>;
}

describe("the log of actions", () => {
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

  const send = async (method: string, path: string, token: string, body?: unknown) => {
    const headers = { authorization: `Bearer ${token}`, "user-agent": "a test" };
    const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const response = await fetch(gateway.url + path, init);
    return {
      status: response.status,
      headers: response.headers,
      json: (await response.json()) as Record<string, string>,
    };
  };
  const asAdmin = (method: string, path: string, body?: unknown) => send(method, path, gateway.admin.token, body);
  const taken = async (): Promise<Taken[]> => {
    const { rows } = await gateway.database.pool.query<{ tenant: string; body: string }>(
      "select tenant, body from outbox where type = 'muster.gateway.v1.ActionTaken' order by seq",
    );
    return rows.map(({ tenant, body }) => ({ tenant, body: JSON.parse(body) as Taken["body"] }));
  };
  const lastTaken = async () => (await taken()).at(-1) ?? assert.fail("nothing was recorded");

  it("says who, with what, from where, in which trace, and how it was before and after", async () => {
    const email = "grace@acme.example";
    const made = await asAdmin("POST", "/api/v1/users", { email, role: "viewer", password: "a long enough password" });
    const id = made.json["id"] ?? assert.fail("no user");
    const changed = await asAdmin("PATCH", `/api/v1/users/${id}`, { role: "operator" });
    assert.equal(changed.status, 200);
    const { body } = await lastTaken();
    const { before, after, ...rest } = body as unknown as Record<string, Record<string, unknown>>;
    assert.deepEqual([before?.["role"], after?.["role"]], ["viewer", "operator"]);
    assert.deepEqual(
      [rest["credentialKind"], rest["userAgent"], rest["resourceId"], rest["resourceName"], rest["traceId"]],
      ["api_token", "a test", id, email, changed.headers.get("trace-id")],
    );
    assert.equal(rest["requestId"], changed.headers.get("x-request-id"));
    assert.match(JSON.stringify(rest["credentialId"]), /^"[0-9a-f-]{36}"$/);
  });

  it("names what was made, and leaves out the secret that was shown", async () => {
    const made = await asAdmin("POST", "/api/v1/api-tokens", { name: "ci", role: "viewer" });
    const { body } = await lastTaken();
    assert.equal(body["resourceId"], made.json["id"]);
    assert.doesNotMatch(JSON.stringify(body), new RegExp(made.json["token"] ?? "^"));
  });

  it("records refusals too: without a right, for something that is not there, in a way that is not understood", async () => {
    const { json } = await asAdmin("POST", "/api/v1/api-tokens", { name: "weak", role: "viewer" });
    const refused = [
      await send("POST", `/api/v1/devices/${LAPTOP.id}/refetch`, json["token"] ?? "", {}),
      await asAdmin("DELETE", "/api/v1/users/0199a3f0-0000-7000-8000-00000000dead"),
      await asAdmin("POST", "/api/v1/users", { nobody: "knows" }),
    ];
    assert.deepEqual(
      refused.map(({ status }) => status),
      [403, 404, 400],
    );
    const records = (await taken())
      .slice(-3)
      .map(({ body }) => [body["status"], body["code"], body["allowed"] ?? false]);
    assert.deepEqual(records, [
      [403, "api.forbidden", false],
      [404, "identity.user_unknown", true],
      [400, "api.bad_request", true],
    ]);
  });

  it("records for the platform's tenant what somebody unknown asks, and counts what comes too often", async () => {
    const before = (await taken()).length;
    const asks = () => send("POST", "/api/v1/users", "muster_nobody", {});
    for (let round = 0; round < 70; round++) assert.equal((await asks()).status, 401);
    const records = (await taken()).slice(before);
    assert.ok(records.length >= 60 && records.length < 70, `${records.length} records`);
    const [first] = records;
    assert.equal(first?.tenant, "default");
    assert.equal(first.body["credentialKind"], "unknown");
    assert.match(String(first.body["credentialId"]), /^[0-9a-f]{16}$/);
    const counted = await eventually("a record that counts the others", async () => {
      await asks();
      return (await taken()).slice(before).find(({ body }) => body["alsoRefused"] !== undefined);
    });
    assert.ok(Number(counted.body["alsoRefused"]) > 0);
  });

  it("writes down what is to be done before it is done, and tells it when the gateway died meanwhile", async () => {
    const { database } = gateway.database;
    fleet.hold();
    const asking = asAdmin("POST", `/api/v1/devices/${LAPTOP.id}/refetch`, {}).catch(() => undefined);
    await eventually("the service to be asked", async () => (fleet.refetched.length > 0 ? true : undefined));
    const open = () => database.system(({ sql }) => sql.selectFrom("open_actions").selectAll().execute());
    assert.equal((await open()).length, 1);
    gateway.child.kill("SIGKILL");
    await Promise.all([once(gateway.child, "exit"), asking]);
    const log = createLogger("test", "silent");
    await new ActionLog(database, log, () => new Date()).tellAbandoned();
    assert.equal((await open()).length, 1);
    await new ActionLog(database, log, () => new Date(Date.now() + 121_000)).tellAbandoned();
    assert.deepEqual(await open(), []);
    const { body } = await lastTaken();
    assert.deepEqual(
      [body["status"] ?? 0, body["code"], body["resourceName"], body["actor"]],
      [0, "api.outcome_unknown", LAPTOP.displayName, "token:first"],
    );
  });
});

describe("an action that cannot be written down", () => {
  it("is refused before it is done", async () => {
    const test = await startTestDatabase<GatewayTables>("gateway", join(import.meta.dirname, "../../migrations"));
    await test.pool.end();
    const log = new ActionLog(test.database, createLogger("test", "silent"), () => new Date());
    const asked = { tenant: "default" } as Parameters<typeof log.begin>[0];
    await assert.rejects(log.begin(asked), { code: "api.unrecordable", kind: "unavailable" });
    await test.stop();
  });
});
