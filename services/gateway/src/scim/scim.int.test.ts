import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type GatewayProcess, startGatewayProcess } from "@muster/testkit/gateway-process";
import type { GatewayTables } from "../storage/tables.ts";
import { Browser } from "../testing/browser.ts";
import { CLIENT, startTestProvider, type TestProvider } from "../testing/openid-provider.ts";

const ORIGIN = "http://muster.test";

type Json = Record<string, unknown>;

describe("a provider that keeps its people here by SCIM", () => {
  let idp: TestProvider;
  let gateway: GatewayProcess<GatewayTables>;
  let providerId = "";
  let scimToken = "";
  let ada = "";
  let itGroup = "";

  before(async () => {
    idp = await startTestProvider(ORIGIN);
    const env = { MUSTER_PUBLIC_URL: ORIGIN, MUSTER_OIDC_ISSUERS: idp.issuer, MUSTER_LOG_LEVEL: "error" };
    gateway = await startGatewayProcess("127.0.0.1:1", env);
    const provider = { name: "Example ID", issuer: idp.issuer, clientId: CLIENT.id, clientSecret: CLIENT.secret };
    const rolesOfGroups = [
      { group: "IT", role: "admin" },
      { group: "group-object-id", role: "operator" },
    ];
    providerId = String(
      (await asAdmin("POST", "/api/v1/sign-in-providers", { ...provider, rolesOfGroups })).json["id"],
    );
    const made = await asAdmin("POST", `/api/v1/sign-in-providers/${providerId}/scim-token`);
    assert.deepEqual([made.status, made.json["url"]], [201, `${ORIGIN}/scim/v2`]);
    scimToken = String(made.json["token"]);
    // What the provider says of groups at sign-in is nothing: it keeps them here.
    idp.people.set("ada", { email: "ada@example.org", email_verified: true, groups: [] });
    idp.signsIn = "ada";
  });

  after(async () => {
    await gateway?.stop();
    await idp?.stop();
  });

  const send = async (token: string, method: string, path: string, body?: object) => {
    const response = await fetch(gateway.url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/scim+json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, json: (text === "" ? {} : JSON.parse(text)) as Json };
  };
  const asAdmin = (method: string, path: string, body?: object) => send(gateway.admin.token, method, path, body);
  const scim = (method: string, path: string, body?: object) => send(scimToken, method, `/scim/v2${path}`, body);
  const patch = (path: string, ...operations: object[]) =>
    scim("PATCH", path, {
      schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
      Operations: operations,
    });
  const signIn = async () => {
    const browser = new Browser();
    const begun = await browser.open(`${gateway.url}/api/v1/sign-in/providers/${providerId}`);
    const back = await browser.follow(begun, ORIGIN);
    const landed = (await browser.open(gateway.url + back.pathname + back.search)).headers.get("location");
    return { browser, landed };
  };
  const me = async (browser: Browser) => {
    const response = await browser.open(`${gateway.url}/api/v1/me`);
    return { status: response.status, role: ((await response.json()) as Json)["role"] };
  };

  it("says what it can", async () => {
    const { json } = await scim("GET", "/ServiceProviderConfig");
    assert.deepEqual(json["patch"], { supported: true });
    assert.equal((await scim("GET", "/ResourceTypes")).json["totalResults"], 2);
    const { Resources } = (await scim("GET", "/Schemas")).json as { Resources: Json[] };
    assert.ok(Resources.some(({ id }) => id === "urn:ietf:params:scim:schemas:core:2.0:User"));
  });

  it("shows its own token, which opens nothing else, and no other opens this", async () => {
    assert.equal((await send(gateway.admin.token, "GET", "/scim/v2/Users")).status, 401);
    assert.equal((await send(scimToken, "GET", "/api/v1/me")).status, 401);
    const { rows } = await gateway.database.pool.query<{ body: string }>("select body from outbox");
    assert.ok(rows.every(({ body }) => !body.includes(scimToken)));
  });

  it("makes a person once, finds the person again, and pages through all", async () => {
    const person = { userName: "ada@example.org", displayName: "Ada", externalId: "4711", active: true };
    const made = await scim("POST", "/Users", person);
    assert.deepEqual([made.status, made.json["userName"], made.json["active"]], [201, "ada@example.org", true]);
    ada = String(made.json["id"]);
    const again = await scim("POST", "/Users", person);
    assert.deepEqual([again.status, again.json["scimType"]], [409, "uniqueness"]);
    const local = await scim("POST", "/Users", { userName: gateway.admin.email });
    assert.equal(local.status, 409, "a local account is nobody's to keep");
    const found = await scim("GET", `/Users?filter=${encodeURIComponent('userName eq "Ada@Example.org"')}`);
    assert.deepEqual([found.json["totalResults"], (found.json["Resources"] as Json[])[0]?.["id"]], [1, ada]);
    const nobody = await scim("GET", `/Users?filter=${encodeURIComponent('userName eq "bob@example.org"')}`);
    assert.deepEqual([nobody.status, nobody.json["totalResults"]], [200, 0]);
    for (const name of ["b", "c"]) await scim("POST", "/Users", { userName: `${name}@example.org` });
    const page = await scim("GET", "/Users?startIndex=3&count=2");
    assert.deepEqual([page.json["totalResults"], page.json["startIndex"], page.json["itemsPerPage"]], [3, 3, 1]);
    assert.equal((await scim("GET", "/Users?filter=userName%20sw%20%22a%22")).json["scimType"], "invalidFilter");
    assert.equal((await scim("GET", "/Users/nobody")).status, 404);
  });

  it("raises a person's revision with what it changes, and with nothing that it says again", async () => {
    const person = { userName: "grace@example.org", displayName: "Grace", active: true };
    const id = String((await scim("POST", "/Users", person)).json["id"]);
    const revision = async () => {
      const { users } = (await asAdmin("GET", "/api/v1/users")).json as { users: Json[] };
      return Number(users.find((user) => user["id"] === id)?.["revision"]);
    };
    /** What a change with what was seen before is answered with. */
    const edit = async (seen: number) => {
      const headers = { authorization: `Bearer ${gateway.admin.token}`, "if-match": `"${seen}"` };
      const body = JSON.stringify({ disabled: false });
      return (await fetch(`${gateway.url}/api/v1/users/${id}`, { method: "PATCH", headers, body })).status;
    };
    const group = await scim("POST", "/Groups", { displayName: "IT-people", externalId: "group-object-id" });
    const members = (op: string) =>
      patch(`/Groups/${String(group.json["id"])}`, { op, path: "members", value: [{ value: id }] });
    for (const change of [
      () => scim("PUT", `/Users/${id}`, { ...person, displayName: "Grace H." }),
      () => members("add"),
      () => patch(`/Users/${id}`, { op: "replace", path: "active", value: false }),
      () => patch(`/Users/${id}`, { op: "replace", path: "active", value: true }),
      () => members("remove"),
    ]) {
      const seen = await revision();
      await change();
      assert.ok((await revision()) > seen);
      assert.equal(await edit(seen), 412);
    }
    const before = await revision();
    await scim("PUT", `/Users/${id}`, { ...person, displayName: "Grace H." });
    await patch(`/Users/${id}`, { op: "replace", path: "active", value: true });
    assert.equal(await revision(), before);
    assert.equal(await edit(before), 200);
    for (const path of [`/Users/${id}`, `/Groups/${String(group.json["id"])}`]) await scim("DELETE", path);
  });

  it("lets a person in by the groups that are kept here, and by no local account", async () => {
    assert.equal((await signIn()).landed, "/?sign_in_refused=sign_in.no_role");
    const made = await scim("POST", "/Groups", { displayName: "IT", members: [{ value: ada }] });
    assert.equal(made.status, 201);
    itGroup = String(made.json["id"]);
    const { browser, landed } = await signIn();
    assert.equal(landed, "/");
    assert.deepEqual(await me(browser), { status: 200, role: "admin" });
    const { users } = (await asAdmin("GET", "/api/v1/users")).json as { users: Json[] };
    assert.deepEqual(
      users.filter(({ email }) => email === "ada@example.org").map(({ id }) => id),
      [ada],
    );
  });

  it("changes roles at once with the groups", async () => {
    const { browser } = await signIn();
    const other = await scim("POST", "/Groups", { displayName: "Helpdesk", externalId: "group-object-id" });
    await patch(`/Groups/${String(other.json["id"])}`, { op: "Add", path: "members", value: [{ value: ada }] });
    assert.equal((await me(browser)).role, "admin", "the mapping's first");
    await patch(`/Groups/${itGroup}`, { op: "remove", path: `members[value eq "${ada}"]` });
    assert.equal((await me(browser)).role, "operator");
    await patch(`/Groups/${String(other.json["id"])}`, { op: "replace", value: { externalId: "another" } });
    assert.equal((await me(browser)).status, 401, "under its new id it is mapped to nothing");
    assert.equal((await scim("DELETE", `/Groups/${String(other.json["id"])}`)).status, 204);
    const back = await patch(`/Groups/${itGroup}`, { op: "add", path: "members", value: [{ value: ada }] });
    assert.deepEqual(
      (back.json["members"] as Json[]).map(({ value }) => value),
      [ada],
    );
    assert.equal(
      (await patch(`/Groups/${itGroup}`, { op: "add", path: "members", value: [{ value: "x" }] })).status,
      400,
    );
  });

  it("ends sessions and tokens at once of who works there no more, as Okta and as Entra ID say it", async () => {
    for (const [ends, returns] of [
      [
        { op: "replace", value: { active: false } },
        { op: "replace", value: { active: true } },
      ],
      [
        { op: "Replace", path: "active", value: "False" },
        { op: "Replace", path: "active", value: "True" },
      ],
    ] as const) {
      const { browser } = await signIn();
      const made = await browser.open(`${gateway.url}/api/v1/api-tokens`, {
        method: "POST",
        headers: { "x-muster-csrf": "1" },
        body: JSON.stringify({ name: "ada's", role: "viewer" }),
      });
      const { token } = (await made.json()) as { token: string };
      const status = async () => (await send(token, "GET", "/api/v1/me")).status;
      assert.deepEqual([(await me(browser)).status, await status()], [200, 200]);
      assert.equal((await patch(`/Users/${ada}`, ends)).json["active"], false);
      assert.deepEqual([(await me(browser)).status, await status()], [401, 401]);
      assert.equal((await signIn()).landed, "/?sign_in_refused=sign_in.disabled");
      assert.equal((await patch(`/Users/${ada}`, returns)).json["active"], true);
      assert.equal((await signIn()).landed, "/");
    }
  });

  it("replaces and removes people, and each change is told", async () => {
    const replaced = await scim("PUT", `/Users/${ada}`, { userName: "ada@example.org", displayName: "Ada L" });
    assert.deepEqual([replaced.json["displayName"], replaced.json["externalId"]], ["Ada L", undefined]);
    assert.equal((await scim("DELETE", `/Users/${ada}`)).status, 204);
    assert.equal((await scim("GET", `/Users/${ada}`)).status, 404);
    assert.deepEqual((await scim("GET", `/Groups/${itGroup}`)).json["members"], []);
    const { rows } = await gateway.database.pool.query<{ body: string }>(
      "select body from outbox where type = 'muster.gateway.v1.ActionTaken' order by seq desc limit 1",
    );
    const told = JSON.parse(rows[0]?.body ?? "{}") as Json;
    assert.deepEqual(
      [told["action"], told["actor"], told["resourceId"], told["status"]],
      ["user.write", "provider:Example ID", ada, 204],
    );
  });

  it("is shut out when its token is taken away", async () => {
    assert.equal((await asAdmin("DELETE", `/api/v1/sign-in-providers/${providerId}/scim-token`)).status, 200);
    assert.equal((await scim("GET", "/Users")).status, 401);
  });
});
