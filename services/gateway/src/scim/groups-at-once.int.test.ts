import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type GatewayProcess, startGatewayProcess } from "@muster/testkit/gateway-process";
import { lockAwaited } from "@muster/testkit/lock-awaited";
import type { GatewayTables } from "../storage/tables.ts";
import { ApiCaller, bearer } from "../testing/api-caller.ts";
import { whileHeld } from "../testing/held-rows.ts";

const ISSUER = "https://id.example";

describe("a provider that changes two groups of a person at once", () => {
  let gateway: GatewayProcess<GatewayTables>;
  let token = "";

  before(async () => {
    gateway = await startGatewayProcess("127.0.0.1:1", { MUSTER_OIDC_ISSUERS: ISSUER });
    const rolesOfGroups = [
      { group: "IT", role: "admin" },
      { group: "Helpdesk", role: "operator" },
    ];
    const provider = { name: "Example ID", issuer: ISSUER, clientId: "muster", rolesOfGroups };
    const { id } = (await asAdmin("POST", "/api/v1/sign-in-providers", provider)).json;
    token = (await asAdmin("POST", `/api/v1/sign-in-providers/${id}/scim-token`)).json["token"] ?? assert.fail();
  });

  after(() => gateway.stop());

  const { asAdmin, send } = new ApiCaller(() => gateway);
  const scim = (method: string, path: string, body: object) => send(method, `/scim/v2${path}`, bearer(token), body);
  const groupWith = async (displayName: string, member: string): Promise<string> =>
    (await scim("POST", "/Groups", { displayName, members: [{ value: member }] })).json["id"] ?? assert.fail();
  const takeOut = (group: string, member: string) =>
    scim("PATCH", `/Groups/${group}`, { Operations: [{ op: "remove", path: `members[value eq "${member}"]` }] });
  const standing = async (id: string) => {
    const { users } = (await asAdmin("GET", "/api/v1/users")).json as unknown as { users: Record<string, unknown>[] };
    const { deprovisioned, role } = users.find((user) => user["id"] === id) ?? assert.fail("no such user");
    return { deprovisioned, role };
  };

  it("leaves nothing to a person who was taken out of both", async () => {
    const ada = (await scim("POST", "/Users", { userName: "ada@example.org" })).json["id"] ?? assert.fail();
    const [helpdesk, itStaff] = [await groupWith("Helpdesk", ada), await groupWith("IT", ada)];
    assert.deepEqual(await standing(ada), { deprovisioned: false, role: "admin" });
    const removals: Promise<{ status: number }>[] = [];
    await whileHeld(gateway, "users", async () => {
      removals.push(takeOut(itStaff, ada));
      await lockAwaited(gateway.database.pool, 1);
      const second = takeOut(helpdesk, ada);
      removals.push(second);
      await Promise.race([second, lockAwaited(gateway.database.pool, 2)]);
    });
    for (const { status } of await Promise.all(removals)) assert.equal(status, 200);
    assert.equal((await standing(ada)).deprovisioned, true);
  });
});
