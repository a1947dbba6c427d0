import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { readRegistry } from "@muster/contracts/descriptors";
import { restRoutes } from "@muster/contracts/rest";
import { eventually } from "@muster/testkit/eventually";
import { type GatewayProcess, startGatewayProcess } from "@muster/testkit/gateway-process";
import { ACTIONS, ROLES } from "../domain/roles.ts";
import type { GatewayTables } from "../storage/tables.ts";
import { ApiCaller, bearer, cookieOf } from "../testing/api-caller.ts";
import { type Fleet, LAPTOP, startFleet } from "../testing/fleet.ts";

const PASSWORD = "a long enough password";

describe("rights", () => {
  let fleet: Fleet;
  let gateway: GatewayProcess<GatewayTables>;

  before(async () => {
    fleet = await startFleet();
    gateway = await startGatewayProcess(fleet.address, { MUSTER_API_REQUESTS_PER_SECOND: "40" });
  });

  after(async () => {
    await gateway?.stop();
    await fleet?.stop();
  });

  const { asAdmin, send, signIn } = new ApiCaller(() => gateway);
  const tokenOf = async (role: string): Promise<string> =>
    (await asAdmin("POST", "/api/v1/api-tokens", { name: `a ${role}`, role })).json["token"] ?? assert.fail(role);

  it("lets each role do at every endpoint what it may, and nothing else", async (test) => {
    let asked = 0;
    const tokens = await Promise.all(ROLES.map(async (role) => [role, await tokenOf(role)] as const));
    for (const { method, path, action } of restRoutes(readRegistry())) {
      for (const [role, token] of tokens) {
        // A body nobody takes: what is refused later than by role was admitted.
        const url = `${path.replaceAll(/\{\w+\}/g, "0199a3f0-0000-7000-8000-00000000dead")}?nobody=knows`;
        const admitted = () => send(method, url, bearer(token), method === "GET" ? undefined : { nobody: "knows" });
        const { status } = await eventually("the rate to allow it", async () => {
          const reply = await admitted();
          return reply.status === 429 ? undefined : reply;
        });
        assert.equal(
          status === 403,
          !ACTIONS[role].includes(action),
          `${role}: ${method} ${path} was answered with ${status}`,
        );
        asked++;
      }
    }
    test.diagnostic(`${asked} requests of ${ROLES.length} roles`);
  });

  it("gives nobody more rights than the giver has", async () => {
    const operator = await tokenOf("operator");
    const asked = await send("POST", "/api/v1/api-tokens", bearer(operator), { name: "x", role: "admin" });
    assert.deepEqual([asked.status, asked.json["code"]], [403, "identity.more_than_own_rights"]);
  });

  it("cuts a token's rights to what the user behind it may now, and ends it with the user", async () => {
    const email = "grace@example.com";
    const { id } = (await asAdmin("POST", "/api/v1/users", { email, role: "operator", password: PASSWORD })).json;
    const session = { cookie: cookieOf(await signIn(email, PASSWORD)), "x-muster-csrf": "1" };
    const made = await send("POST", "/api/v1/api-tokens", session, { name: "hers" });
    const hers = bearer(made.json["token"] ?? assert.fail());
    assert.equal(made.json["ownerId"], id);
    const further = await send("POST", "/api/v1/api-tokens", hers, { name: "by hers", role: "operator" });
    const byHers = bearer(further.json["token"] ?? assert.fail());
    const webhooks = async (headers: Record<string, string>) =>
      (await send("POST", "/api/v1/webhooks", headers, { nobody: "knows" })).status;
    for (const token of [hers, byHers]) assert.equal(await webhooks(token), 400);
    await asAdmin("PATCH", `/api/v1/users/${id}`, { role: "viewer" });
    for (const token of [hers, byHers]) assert.equal(await webhooks(token), 403);
    await asAdmin("PATCH", `/api/v1/users/${id}`, { role: "operator", disabled: true });
    for (const token of [hers, byHers]) assert.equal(await webhooks(token), 401);
    await asAdmin("PATCH", `/api/v1/users/${id}`, { disabled: false });
    for (const token of [hers, byHers]) assert.equal(await webhooks(token), 400);
    await asAdmin("DELETE", `/api/v1/users/${id}`);
    for (const token of [hers, byHers]) assert.equal(await webhooks(token), 401);
  });

  it("changes and removes people only as they were seen", async () => {
    const made = await asAdmin("POST", "/api/v1/users", {
      email: "seen@example.com",
      role: "viewer",
      password: PASSWORD,
    });
    assert.equal(made.json["revision"], 1);
    const rename = (ifMatch: string) =>
      asAdmin("PATCH", `/api/v1/users/${made.json["id"]}`, { name: "Seen" }, { "if-match": ifMatch });
    assert.equal((await rename('"1"')).json["revision"], 2);
    assert.equal((await rename('"1"')).json["code"], "revision.changed");
    const remove = (ifMatch: string) =>
      asAdmin("DELETE", `/api/v1/users/${made.json["id"]}`, undefined, { "if-match": ifMatch });
    assert.equal((await remove('"1"')).json["code"], "revision.changed");
    assert.equal((await remove('"2"')).status, 200);
  });

  it("lets no token outlive the one that made it", async () => {
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const short = await asAdmin("POST", "/api/v1/api-tokens", { name: "short", role: "operator", expiresAt });
    const asShort = (body: object) =>
      send("POST", "/api/v1/api-tokens", bearer(short.json["token"] ?? assert.fail()), { name: "further", ...body });
    const longer = new Date(Date.now() + 86_400_000).toISOString();
    const sooner = new Date(Date.now() + 60_000).toISOString();
    assert.equal((await asShort({})).json["expiresAt"], short.json["expiresAt"]);
    assert.equal((await asShort({ expiresAt: longer })).json["expiresAt"], short.json["expiresAt"]);
    assert.equal(Date.parse((await asShort({ expiresAt: sooner })).json["expiresAt"] ?? ""), Date.parse(sooner));
  });

  it("keeps roles that a tenant makes, which whoever has them obeys at once", async () => {
    const role = {
      name: "helpdesk",
      description: "Answers the phone",
      actions: ["device.read", "user.write", "token.write"],
    };
    assert.equal((await asAdmin("POST", "/api/v1/roles", role)).status, 201);
    assert.equal((await asAdmin("POST", "/api/v1/roles", role)).json["code"], "identity.role_taken");
    const email = "helen@example.com";
    const { id } = (await asAdmin("POST", "/api/v1/users", { email, role: "helpdesk", password: PASSWORD })).json;
    const session = { cookie: cookieOf(await signIn(email, PASSWORD)), "x-muster-csrf": "1" };
    const me = (await send("GET", "/api/v1/me", session)).json as unknown as { role: string; actions: string[] };
    assert.deepEqual(
      [me.role, me.actions],
      ["helpdesk", ["device.read", "self.read", "self.write", "token.write", "user.write"]],
    );
    const code = async (method: string, path: string, body: object) =>
      (await send(method, path, session, body)).json["code"];
    // Which devices fail is what policies found of them.
    const failing = await send("GET", "/api/v1/devices?compliance=COMPLIANCE_FAILING", session);
    assert.deepEqual([failing.status, failing.json["code"]], [403, "api.forbidden"]);
    assert.equal((await send("GET", "/api/v1/devices", session)).status, 200);
    // Who may keep users becomes no administrator by it: not by a new one, and not by another's password.
    assert.equal(
      await code("POST", "/api/v1/users", { email: "eve@example.com", role: "admin", password: PASSWORD }),
      "identity.more_than_own_rights",
    );
    const { users } = (await asAdmin("GET", "/api/v1/users")).json as unknown as {
      users: { id: string; role: string }[];
    };
    const admin = users.find((user) => user.role === "admin") ?? assert.fail();
    assert.equal(
      await code("PATCH", `/api/v1/users/${admin.id}`, { password: PASSWORD }),
      "identity.more_than_own_rights",
    );
    assert.equal(await code("DELETE", `/api/v1/users/${admin.id}`, {}), "identity.more_than_own_rights");
    assert.equal(await code("POST", "/api/v1/roles", { name: "mine", actions: ["self.read"] }), "api.forbidden");
    assert.equal((await asAdmin("DELETE", "/api/v1/roles/helpdesk")).json["code"], "identity.role_in_use");
    const relabel = (ifMatch: string) =>
      asAdmin("PATCH", "/api/v1/roles/helpdesk", { actions: ["label.read"] }, { "if-match": ifMatch });
    assert.equal((await relabel('"2"')).json["code"], "revision.changed");
    assert.equal((await relabel('"1"')).json["revision"], 2);
    assert.equal((await send("GET", "/api/v1/devices", session)).status, 403);
    assert.equal(
      (await asAdmin("PATCH", "/api/v1/roles/admin", { actions: ["label.read"] })).json["code"],
      "identity.role_built_in",
    );
    await asAdmin("DELETE", `/api/v1/users/${id}`);
    assert.equal((await asAdmin("DELETE", "/api/v1/roles/helpdesk")).status, 200);
    const { roles } = (await asAdmin("GET", "/api/v1/roles")).json as unknown as { roles: { name: string }[] };
    assert.deepEqual(
      roles.map(({ name }) => name),
      [...ROLES],
    );
  });

  it("lets nobody unenroll by a command or a campaign who may not unenroll", async () => {
    const actions = ["command.write", "campaign.write", "device.read"];
    assert.equal((await asAdmin("POST", "/api/v1/roles", { name: "asker", actions })).status, 201);
    const token = bearer(await tokenOf("asker"));
    const whom = { deviceIds: [LAPTOP.id] };
    for (const [path, body] of [
      ["/api/v1/commands", whom],
      ["/api/v1/campaigns", { name: "all", selection: whom }],
    ] as const) {
      const ask = (type: string) => send("POST", path, token, { ...body, type, reason: "x" });
      const refused = await ask("COMMAND_TYPE_UNENROLL");
      assert.deepEqual([refused.status, refused.json["code"]], [403, "api.forbidden"]);
      assert.notEqual((await ask("COMMAND_TYPE_REFETCH")).status, 403);
    }
    assert.equal((await send("POST", `/api/v1/enrollments/${LAPTOP.id}/unenroll`, token, {})).status, 403);
  });

  it("leaves what everybody may with a role that is bound to labels", async () => {
    const labelIds = ["0199a3f0-0000-7000-8000-0000000000aa"];
    const role = { name: "berlin", actions: ["device.read", "label.read"], labelIds };
    assert.equal((await asAdmin("POST", "/api/v1/roles", role)).status, 201);
    const token = bearer(await tokenOf("berlin"));
    const me = (await send("GET", "/api/v1/me", token)).json as unknown as { bounds: { labelIds: string[] }[] };
    assert.deepEqual(me.bounds, [{ labelIds }]);
    const code = async (method: string, path: string, body?: object) =>
      (await send(method, path, token, body)).json["code"];
    // A token has no authenticator app: the role was no reason to refuse.
    assert.equal(await code("POST", "/api/v1/me/second-factor", { password: PASSWORD }), "identity.no_session");
    assert.equal(await code("GET", "/api/v1/labels"), "api.outside_labels");
    assert.equal(await code("GET", `/api/v1/devices/${LAPTOP.id}`), "api.outside_labels");
  });
});
