import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type GatewayProcess, startGatewayProcess } from "@muster/testkit/gateway-process";
import { lockAwaited } from "@muster/testkit/lock-awaited";
import type { GatewayTables } from "../storage/tables.ts";
import { ApiCaller, cookieOf, type Reply } from "../testing/api-caller.ts";
import { whileHeld } from "../testing/held-rows.ts";

const PASSWORD = "a long enough password";

describe("a sign-in that an administrator overtakes", () => {
  let gateway: GatewayProcess<GatewayTables>;

  before(async () => {
    gateway = await startGatewayProcess("127.0.0.1:1");
  });

  after(() => gateway.stop());

  const { asAdmin, send, signIn } = new ApiCaller(() => gateway);
  const userCalled = async (email: string): Promise<string> =>
    (await asAdmin("POST", "/api/v1/users", { email, role: "viewer", password: PASSWORD })).json["id"] ?? assert.fail();
  /** Signs in, and lets this happen after the person was looked up. */
  const overtaken = async (email: string, by: () => Promise<Reply>): Promise<Reply> => {
    // The attempt is counted behind the look-up: with one counted before there is something to wait for.
    await signIn(email, "not the password");
    const signingIn: Promise<Reply>[] = [];
    await whileHeld(gateway, "attempts", async () => {
      signingIn.push(signIn(email, PASSWORD));
      await lockAwaited(gateway.database.pool, 1);
      assert.equal((await by()).status, 200);
    });
    return (await signingIn[0]) ?? assert.fail();
  };

  it("is refused when the password it was made with is none any more", async () => {
    const id = await userCalled("ada@example.org");
    const reply = await overtaken("ada@example.org", () =>
      asAdmin("PATCH", `/api/v1/users/${id}`, { password: "another password" }),
    );
    assert.deepEqual([reply.status, reply.json["code"]], [401, "identity.bad_credentials"]);
  });

  it("leaves no session behind that works once a person who was disabled is let in again", async () => {
    const id = await userCalled("grace@example.org");
    const disable = (disabled: boolean) => asAdmin("PATCH", `/api/v1/users/${id}`, { disabled });
    const reply = await overtaken("grace@example.org", () => disable(true));
    await disable(false);
    const cookie = reply.headers.getSetCookie().length === 0 ? "" : cookieOf(reply);
    assert.equal((await send("GET", "/api/v1/me", { cookie })).status, 401);
    assert.equal(reply.status, 401);
  });

  it("is refused when the person was removed", async () => {
    const id = await userCalled("joan@example.org");
    const reply = await overtaken("joan@example.org", () => asAdmin("DELETE", `/api/v1/users/${id}`));
    assert.deepEqual([reply.status, reply.json["code"]], [401, "identity.bad_credentials"]);
  });
});
