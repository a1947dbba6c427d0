import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import {
  type IdentityServiceServer,
  IdentityServiceService,
} from "@muster/contracts/gen/muster/gateway/v1/identity_service";
import { Lifecycle } from "@muster/host/lifecycle";
import { createLogger } from "@muster/host/logging";
import { Channel, clientOf } from "@muster/rpc/client";
import { type GatewayProcess, startGatewayProcess, TEST_SERVICE_TOKEN } from "@muster/testkit/gateway-process";
import { AttemptLimit } from "../storage/attempt-limit.ts";
import type { GatewayTables } from "../storage/tables.ts";
import { ApiCaller, bearer, cookieOf } from "../testing/api-caller.ts";
import { type Fleet, LAPTOP, startFleet } from "../testing/fleet.ts";

const PASSWORD = "a long enough password";

describe("identity", () => {
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

  const { actions, asAdmin, send, signIn } = new ApiCaller(() => gateway);
  const tokenOf = async (role: string): Promise<string> =>
    (await asAdmin("POST", "/api/v1/api-tokens", { name: `a ${role}`, role })).json["token"] ?? assert.fail(role);

  it("shows a token once, keeps only its hash, and refuses it once revoked", async () => {
    const made = await asAdmin("POST", "/api/v1/api-tokens", { name: "ci", role: "viewer" });
    assert.equal(made.status, 201);
    const { token, id } = made.json as unknown as { token: string; id: string };
    const list = await asAdmin("GET", "/api/v1/api-tokens");
    assert.ok(!JSON.stringify(list.json).includes(token));
    assert.equal((await send("GET", "/api/v1/me", bearer(token))).json["actor"], "token:ci");
    assert.equal((await asAdmin("DELETE", `/api/v1/api-tokens/${id}`)).status, 200);
    assert.equal((await send("GET", "/api/v1/me", bearer(token))).status, 401);
  });

  it("keeps tenants apart", async () => {
    const admin = { adminEmail: "boss@acme.example", adminPassword: PASSWORD };
    const made = await asAdmin("POST", "/api/v1/tenants", { id: "acme", name: "Acme", ...admin });
    assert.equal(made.status, 201);
    const cookie = cookieOf(await signIn(admin.adminEmail, PASSWORD));
    const own = { cookie, "x-muster-csrf": "1" };
    const [users, tokens, tenants] = await Promise.all(
      ["users", "api-tokens", "tenants"].map((kind) => send("GET", `/api/v1/${kind}`, own)),
    );
    assert.deepEqual(
      (users?.json["users"] as { email: string }[] | undefined)?.map(({ email }) => email),
      ["boss@acme.example"],
    );
    assert.deepEqual(tokens?.json["apiTokens"], []);
    assert.deepEqual(
      (tenants?.json["tenants"] as { id: string }[] | undefined)?.map(({ id }) => id),
      ["acme"],
    );
    const others = (await asAdmin("GET", "/api/v1/users")).json["users"] as unknown as { id: string }[];
    for (const [method, path] of [
      ["PATCH", "users"],
      ["DELETE", "users"],
      ["DELETE", "api-tokens"],
    ] as const) {
      assert.equal(
        (await send(method, `/api/v1/${path}/${others[0]?.id}`, own, method === "PATCH" ? { name: "Mine" } : undefined))
          .status,
        404,
      );
    }
    assert.equal(
      (await send("POST", "/api/v1/tenants", own, { id: "evil", ...admin })).json["code"],
      "identity.not_first_tenant",
    );
    await send("GET", "/api/v1/devices", own);
    const { tenant, actor } = fleet.listed.at(-1)?.caller ?? assert.fail();
    assert.deepEqual([tenant, actor], ["acme", "boss@acme.example"]);
    assert.equal(
      (await asAdmin("POST", "/api/v1/users", { email: "Boss@Acme.example", role: "viewer", password: PASSWORD })).json[
        "code"
      ],
      "identity.email_taken",
    );
  });

  it("keeps the last administrator", async () => {
    const { users } = (await asAdmin("GET", "/api/v1/users")).json as unknown as { users: { id: string }[] };
    const path = `/api/v1/users/${users[0]?.id}`;
    assert.equal((await asAdmin("DELETE", path)).json["code"], "identity.last_admin");
    assert.equal((await asAdmin("PATCH", path, { disabled: true })).json["code"], "identity.last_admin");
    assert.equal((await asAdmin("PATCH", path, { role: "viewer" })).json["code"], "identity.last_admin");
  });

  it("ends sessions with sign-out, a new password and a disabled account", async () => {
    const email = "ada@example.com";
    const made = await asAdmin("POST", "/api/v1/users", { email, role: "operator", password: PASSWORD });
    const path = `/api/v1/users/${made.json["id"]}`;
    const open = async (password = PASSWORD) => ({
      cookie: cookieOf(await signIn(email, password)),
      "x-muster-csrf": "1",
    });
    const status = async (headers: Record<string, string>) => (await send("GET", "/api/v1/me", headers)).status;
    const first = await open();
    assert.equal(await status(first), 200);
    await send("POST", "/api/v1/sign-out", first);
    assert.equal(await status(first), 401);
    const second = await open();
    await asAdmin("PATCH", path, { password: "another long password" });
    assert.equal(await status(second), 401);
    const third = await open("another long password");
    await asAdmin("PATCH", path, { disabled: true });
    assert.equal(await status(third), 401);
    assert.equal((await signIn(email, "another long password")).json["code"], "identity.bad_credentials");
  });

  it("takes a change with a cookie only from its own page", async () => {
    const signedIn = await signIn(gateway.admin.email, gateway.admin.password);
    assert.match(signedIn.headers.getSetCookie()[0] ?? "", /; HttpOnly; SameSite=Lax/);
    const cookie = cookieOf(signedIn);
    const path = `/api/v1/devices/${LAPTOP.id}/refetch`;
    const attempts: Record<string, string>[] = [
      { cookie },
      { cookie, "x-muster-csrf": "1", "sec-fetch-site": "cross-site" },
      { cookie, "x-muster-csrf": "1", origin: "https://evil.example" },
    ];
    for (const headers of attempts) {
      const { status, json } = await send("POST", path, headers);
      assert.deepEqual([status, json["code"]], [403, "api.cross_site"]);
    }
    assert.equal((await send("POST", path, { cookie, "x-muster-csrf": "1", origin: gateway.url })).status, 202);
    assert.equal((await signIn(gateway.admin.email, gateway.admin.password, {})).json["code"], "api.cross_site");
  });

  it("does a request with an idempotency key once", async () => {
    const once = (key: string, name: string) =>
      asAdmin("POST", "/api/v1/api-tokens", { name, role: "viewer" }, { "idempotency-key": key });
    const first = await once("key-1", "once");
    const again = await once("key-1", "once");
    assert.equal(again.status, 201);
    assert.deepEqual(again.json, first.json);
    assert.equal(again.headers.get("idempotent-replayed"), "true");
    assert.equal((await once("key-1", "twice")).json["code"], "api.idempotency_conflict");
    const both = await Promise.all([once("key-2", "both"), once("key-2", "both")]);
    assert.deepEqual(both[0]?.json, both[1]?.json);
    const { apiTokens } = (await asAdmin("GET", "/api/v1/api-tokens")).json as unknown as {
      apiTokens: { name: string }[];
    };
    assert.equal(apiTokens.filter(({ name }) => name === "once" || name === "both").length, 2);
    const rows = await gateway.database.database.system((work) =>
      work.sql.selectFrom("idempotent_requests").select("answer").execute(),
    );
    assert.equal(rows.length, 2);
    assert.ok(rows.every(({ answer }) => answer !== null && !answer.includes("muster_")));
  });

  it("tells of every change, allowed or refused, and of signing in", async () => {
    const viewer = await tokenOf("viewer");
    await send("POST", `/api/v1/devices/${LAPTOP.id}/refetch`, bearer(viewer));
    await signIn(gateway.admin.email, "not the password");
    const last = (await actions()).slice(-2);
    assert.deepEqual(
      last.map(({ action, actor, allowed, status, code }) => [action, actor, allowed ?? false, status, code]),
      [
        ["device.refetch", "token:a viewer", false, 403, "api.forbidden"],
        ["session.sign_in", "admin@localhost", false, 401, "identity.bad_credentials"],
      ],
    );
  });

  it("is told to Muster's own services over gRPC, and to nobody without their token", async () => {
    const lifecycle = new Lifecycle(createLogger("test", "silent"));
    const clientWith = (token: string) =>
      clientOf<IdentityServiceServer>(IdentityServiceService, new Channel(gateway.grpcAddress, token, lifecycle));
    const caller = { tenant: "acme", actor: "notification" };
    const { users } = await clientWith(TEST_SERVICE_TOKEN).listUsers({}, caller);
    assert.deepEqual(
      users.map(({ email, role }) => [email, role]),
      [["boss@acme.example", "admin"]],
    );
    await assert.rejects(clientWith("wrong").listUsers({}, caller), { code: "rpc.unauthenticated" });
    await lifecycle.stop();
  });

  it("counts attempts in all replicas together, and gives them back one by one", async () => {
    const options = { of: "account", everySec: 30, burst: 3 };
    const [one, other] = [0, 1].map(() => new AttemptLimit(gateway.database.database, options)) as [
      AttemptLimit,
      AttemptLimit,
    ];
    const at = (seconds: number) => new Date(Date.parse("2030-01-01T00:00:00Z") + seconds * 1_000);
    const waits: number[] = [];
    for (const replica of [one, other, one, other, one]) waits.push(await replica.take("ada@example.com", at(0)));
    assert.deepEqual(waits, [0, 0, 0, 30, 30]);
    assert.equal(await other.take("grace@example.com", at(0)), 0);
    assert.equal(await other.take("Ada@example.com ", at(20)), 10);
    assert.equal(await one.take("ada@example.com", at(30)), 0);
    assert.equal(await other.take("ada@example.com", at(31)), 29);
    await one.forgive("ada@example.com");
    assert.equal(await other.take("ada@example.com", at(31)), 0);
  });

  it("slows down who guesses passwords, and who asks too much", async () => {
    const guesses = [];
    for (let guess = 0; guess < 12; guess++) guesses.push(await signIn("victim@example.com", `guess ${guess}`));
    assert.equal(guesses[0]?.status, 401);
    assert.equal(guesses.at(-1)?.json["code"], "identity.too_many_attempts");
    assert.ok(Number(guesses.at(-1)?.headers.get("retry-after")) > 0);
    const token = await tokenOf("viewer");
    const replies = await Promise.all(Array.from({ length: 500 }, () => send("GET", "/api/v1/me", bearer(token))));
    const slowed = replies.find(({ status }) => status === 429);
    assert.equal(slowed?.json["code"], "api.too_many_requests");
    assert.ok(replies.filter(({ status }) => status === 200).length >= 400);
  });
});
