import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type GatewayProcess, startGatewayProcess } from "@muster/testkit/gateway-process";
import { totpCode } from "../domain/totp.ts";
import type { GatewayTables } from "../storage/tables.ts";

const STEP_MS = 30_000;

describe("a second factor", () => {
  let gateway: GatewayProcess<GatewayTables>;
  let cookie = "";
  let secret = "";
  let recovery: string[] = [];

  before(async () => {
    gateway = await startGatewayProcess("127.0.0.1:1");
    cookie = (await signIn()).cookie;
  });

  after(() => gateway.stop());

  const send = async (method: string, path: string, headers: Record<string, string>, body?: object) => {
    const response = await fetch(gateway.url + path, {
      method,
      headers: { "x-muster-csrf": "1", ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return {
      status: response.status,
      json: (await response.json()) as Record<string, unknown>,
      cookie: response.headers.getSetCookie()[0]?.split(";")[0] ?? "",
    };
  };
  const signIn = (code?: string) => {
    const { email, password } = gateway.admin;
    return send("POST", "/api/v1/sign-in", {}, { email, password, ...(code !== undefined && { code }) });
  };
  const mine = (body: object, act = "") => send("POST", `/api/v1/me/second-factor${act}`, { cookie }, body);
  const standing = async () => (await send("GET", "/api/v1/me/second-factor", { cookie })).json;
  const bearer = () => ({ authorization: `Bearer ${gateway.admin.token}` });
  /** The code of this many steps from now. */
  const codeIn = (steps: number) => totpCode(bytesOf(secret), Math.floor(Date.now() / STEP_MS) + steps);

  it("is begun in a session with the password, and asked for once the app has shown a code", async () => {
    const asToken = await send("POST", "/api/v1/me/second-factor", bearer(), { password: gateway.admin.password });
    assert.equal(asToken.json["code"], "identity.no_session");
    assert.equal((await mine({ password: "not the password" })).json["code"], "identity.wrong_password");
    const begun = await mine({ password: gateway.admin.password });
    secret = begun.json["secret"] as string;
    assert.match(String(begun.json["uri"]), new RegExp(`^otpauth://totp/Muster:admin%40localhost\\?secret=${secret}&`));
    assert.equal((await signIn()).status, 200, "it is not confirmed yet");
    assert.deepEqual(await standing(), { recoveryCodesLeft: 0, keptByProvider: false });
    assert.equal((await mine({ code: "000000" }, "/confirm")).json["code"], "identity.bad_second_factor");
    const confirmed = await mine({ code: codeIn(0) }, "/confirm");
    recovery = confirmed.json["recoveryCodes"] as string[];
    assert.equal(new Set(recovery).size, 10);
    assert.equal((await mine({ password: gateway.admin.password })).json["code"], "identity.second_factor_set");
    const { since, recoveryCodesLeft, keptByProvider } = await standing();
    assert.ok(Math.abs(Date.now() - Date.parse(String(since))) < 60_000);
    assert.deepEqual([recoveryCodesLeft, keptByProvider], [10, false]);
  });

  it("is asked for at each sign-in, and takes a code once", async () => {
    assert.deepEqual([(await signIn()).json["code"], (await signIn("")).cookie], ["identity.second_factor_needed", ""]);
    const code = codeIn(1);
    assert.equal((await signIn(code)).status, 200);
    assert.equal((await signIn(code)).json["code"], "identity.bad_second_factor");
  });

  it("takes each recovery code once in its place", async () => {
    const [code = ""] = recovery;
    assert.equal((await signIn(code.toLowerCase())).status, 200);
    assert.equal((await signIn(code)).json["code"], "identity.bad_second_factor");
    const both = await Promise.all([1, 2].map(() => signIn(recovery[2])));
    assert.equal(both.filter(({ status }) => status === 200).length, 1);
  });

  it("is kept sealed, and told to nobody", async () => {
    const kept = await gateway.database.database.system((work) =>
      work.sql.selectFrom("second_factors").select("secret").execute(),
    );
    assert.ok(kept.length === 1 && !kept[0]?.secret.includes(bytesOf(secret)));
    const { rows } = await gateway.database.pool.query<{ body: string }>("select body from outbox");
    const told = rows.map(({ body }) => body).join("\n");
    assert.ok([secret, ...recovery].every((each) => !told.includes(each)));
    assert.match(told, /identity\.second_factor_needed/);
  });

  it("ends when the person shows a code, or an administrator resets it", async () => {
    assert.equal((await mine({ code: "AAAA-AAAA-AAAA-AAAA" }, "/remove")).json["code"], "identity.bad_second_factor");
    assert.equal((await mine({ code: recovery[1] }, "/remove")).status, 200);
    assert.equal((await signIn()).status, 200);

    secret = (await mine({ password: gateway.admin.password })).json["secret"] as string;
    assert.equal((await mine({ code: codeIn(0) }, "/confirm")).status, 200);
    const { users } = (await send("GET", "/api/v1/users", bearer())).json as { users: Record<string, unknown>[] };
    assert.equal(users[0]?.["secondFactor"], true);
    const reset = await send("DELETE", `/api/v1/users/${String(users[0]?.["id"])}/second-factor`, bearer());
    assert.equal(reset.status, 200);
    assert.equal((await send("GET", "/api/v1/me", { cookie })).status, 401);
    assert.equal((await signIn()).status, 200);
  });
});

function bytesOf(base32: string): Buffer {
  const bits = Array.from(base32, (each) =>
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(each).toString(2).padStart(5, "0"),
  );
  return Buffer.from((bits.join("").match(/.{8}/g) ?? []).map((eight) => Number.parseInt(eight, 2)));
}
