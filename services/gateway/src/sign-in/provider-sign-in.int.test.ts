import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { type GatewayProcess, startGatewayProcess } from "@muster/testkit/gateway-process";
import type { GatewayTables } from "../storage/tables.ts";
import { ApiCaller } from "../testing/api-caller.ts";
import { Browser } from "../testing/browser.ts";
import { CLIENT, startTestProvider, type TestProvider } from "../testing/openid-provider.ts";

const ORIGIN = "http://muster.test";
const CHANGE = { "x-muster-csrf": "1" };
const ADA = { email: "ada@example.org", email_verified: true, name: "Ada", groups: ["it"] };

describe("signing in by an OpenID provider", () => {
  let idp: TestProvider;
  let gateway: GatewayProcess<GatewayTables>;
  let providerId: string;

  before(async () => {
    idp = await startTestProvider(ORIGIN);
    const env = { MUSTER_PUBLIC_URL: ORIGIN, MUSTER_OIDC_ISSUERS: idp.issuer, MUSTER_LOG_LEVEL: "error" };
    gateway = await startGatewayProcess("127.0.0.1:1", env);
    const made = await asAdmin("POST", "/api/v1/sign-in-providers", {
      name: "Example ID",
      issuer: idp.issuer,
      clientId: CLIENT.id,
      clientSecret: CLIENT.secret,
      rolesOfGroups: [
        { group: "it", role: "admin" },
        { group: "helpdesk", role: "operator" },
      ],
    });
    assert.equal(made.status, 201);
    assert.ok(!JSON.stringify(made.json).includes(CLIENT.secret));
    providerId = String(made.json["id"]);
  });

  after(async () => {
    await gateway?.stop();
    await idp?.stop();
  });

  beforeEach(() => {
    idp.people.set("ada", ADA);
    idp.signsIn = "ada";
  });

  const { actions, asAdmin } = new ApiCaller(() => gateway);
  const begin = (browser: Browser, returnTo = "/") =>
    browser.open(`${gateway.url}/api/v1/sign-in/providers/${providerId}?return_to=${encodeURIComponent(returnTo)}`);
  /** Comes back from the provider, at where the gateway really is. */
  const comeBack = async (browser: Browser, url: URL) =>
    (await browser.open(gateway.url + url.pathname + url.search)).headers.get("location");
  const signIn = async (browser = new Browser(), returnTo?: string) => {
    const callback = await browser.follow(await begin(browser, returnTo), ORIGIN);
    return { browser, callback, landed: await comeBack(browser, callback) };
  };
  const me = async (browser: Browser) => {
    const response = await browser.open(`${gateway.url}/api/v1/me`);
    return { status: response.status, ...((await response.json()) as { actor?: string; role?: string }) };
  };
  const users = async () =>
    (await asAdmin("GET", "/api/v1/users")).json["users"] as unknown as Record<string, unknown>[];
  const refused = (code: string) => `/?sign_in_refused=${code}`;

  it("offers the tenant's providers to whoever is not signed in", async () => {
    const offered = async (query: string) => (await fetch(`${gateway.url}/api/v1/sign-in/providers${query}`)).json();
    assert.deepEqual(await offered(""), { providers: [{ id: providerId, name: "Example ID" }] });
    assert.deepEqual(await offered("?tenant=another"), { providers: [] });
  });

  it("makes a person at the first sign-in, with the role of the groups, and goes where the person wanted to", async () => {
    const { browser, callback, landed } = await signIn(undefined, "/devices?label=laptops");
    assert.equal(landed, "/devices?label=laptops");
    assert.equal(callback.searchParams.has("id_token"), false);
    assert.deepEqual(await me(browser), { ...(await me(browser)), status: 200, actor: ADA.email, role: "admin" });
    assert.equal(browser.has(gateway.url, "muster_sign_in"), false);
    const [ada, ...others] = (await users()).filter(({ email }) => email === ADA.email);
    assert.deepEqual([ada?.["name"], ada?.["providerId"], others.length], ["Ada", providerId, 0]);
    const told = (await actions()).at(-1);
    assert.deepEqual([told?.["action"], told?.["actor"], told?.["allowed"]], ["session.sign_in", ADA.email, true]);
    await signIn();
    assert.equal((await users()).filter(({ email }) => email === ADA.email).length, 1);
  });

  it("leads to no address but its own", async () => {
    assert.equal((await signIn(undefined, "https://evil.example/")).landed, "/");
    assert.equal((await signIn(undefined, "//evil.example")).landed, "/");
  });

  it("reads the role anew each time, and keeps it from being changed here", async () => {
    const { browser } = await signIn();
    idp.people.set("ada", { ...ADA, groups: ["helpdesk"], email: "ada.l@example.org" });
    await signIn();
    const { actor, role } = await me(browser);
    assert.deepEqual([actor, role], ["ada.l@example.org", "operator"]);
    const ada = (await users()).find(({ email }) => email === "ada.l@example.org");
    const changed = await asAdmin("PATCH", `/api/v1/users/${String(ada?.["id"])}`, { role: "admin" });
    assert.deepEqual([changed.status, changed.json["code"]], [409, "identity.kept_by_provider"]);
  });

  it("lets nobody in without a group that counts", async () => {
    idp.people.set("eve", { email: "eve@example.org", groups: ["sales"] });
    idp.signsIn = "eve";
    const { browser, landed } = await signIn();
    assert.equal(landed, refused("sign_in.no_role"));
    assert.equal((await me(browser)).status, 401);
    assert.ok((await users()).every(({ email }) => email !== "eve@example.org"));
    const told = (await actions()).at(-1);
    assert.deepEqual([told?.["actor"], told?.["code"]], ["eve@example.org", "sign_in.no_role"]);
  });

  it("ends every session of who has lost the groups, and lets the person in again who has them back", async () => {
    const { browser } = await signIn();
    idp.people.set("ada", { ...ADA, groups: [] });
    assert.equal((await signIn()).landed, refused("sign_in.no_role"));
    assert.equal((await me(browser)).status, 401);
    assert.equal((await users()).find(({ email }) => email === ADA.email)?.["deprovisioned"], true);
    idp.people.set("ada", ADA);
    assert.equal((await me((await signIn()).browser)).status, 200);
  });

  it("never takes a person for the local account with the same address", async () => {
    idp.people.set("mallory", { email: gateway.admin.email, email_verified: true, groups: ["it"] });
    idp.signsIn = "mallory";
    const { browser, landed } = await signIn();
    assert.equal(landed, refused("identity.email_taken"));
    assert.equal((await me(browser)).status, 401);
  });

  it("keeps out whom an administrator has disabled here", async () => {
    const { browser } = await signIn();
    const ada = (await users()).find(({ email }) => email === ADA.email);
    const path = `/api/v1/users/${String(ada?.["id"])}`;
    assert.equal((await asAdmin("PATCH", path, { disabled: true })).status, 200);
    assert.equal((await me(browser)).status, 401);
    assert.equal((await signIn()).landed, refused("sign_in.disabled"));
    await asAdmin("PATCH", path, { disabled: false });
    assert.equal((await signIn()).landed, "/");
  });

  it("believes nothing that this browser did not ask for", async () => {
    const browser = new Browser();
    const callback = await browser.follow(await begin(browser), ORIGIN);
    assert.equal(await comeBack(new Browser(), callback), refused("sign_in.round_unknown"));
    const otherState = new URL(callback);
    otherState.searchParams.set("state", "another");
    assert.equal(await comeBack(browser, otherState), refused("sign_in.not_proved"));
    // The round is over with the first answer.
    assert.equal(await comeBack(browser, callback), refused("sign_in.round_unknown"));

    const other = new Browser();
    const asked = new URL((await begin(other)).headers.get("location") ?? "");
    asked.searchParams.set("nonce", "another");
    const answered = await other.follow(await other.open(asked.href), ORIGIN);
    assert.equal(await comeBack(other, answered), refused("sign_in.not_proved"));

    const { browser: third, callback: used } = await signIn();
    await begin(third);
    assert.equal(await comeBack(third, used), refused("sign_in.not_proved"));
  });

  it("takes new keys of the provider at once, and no signature of another key", async () => {
    await idp.rotateKeys();
    assert.equal((await signIn()).landed, "/");
    await idp.rotateKeys("forged");
    assert.equal((await signIn()).landed, refused("sign_in.not_proved"));
    await idp.rotateKeys();
    assert.equal((await signIn()).landed, "/");
  });

  it("signs out here and tells the browser where to sign out there", async () => {
    const { browser } = await signIn();
    const before = idp.typed();
    assert.equal((await signIn(browser)).landed, "/");
    assert.equal(idp.typed(), before, "the provider knows the browser");
    const out = await browser.open(`${gateway.url}/api/v1/sign-out`, { method: "POST", headers: CHANGE });
    const { providerSignOutUrl } = (await out.json()) as { providerSignOutUrl: string };
    assert.equal((await me(browser)).status, 401);
    assert.equal((await actions()).at(-1)?.["action"], "session.sign_out");
    assert.doesNotMatch(providerSignOutUrl, /token/);
    const page = await (await browser.open(providerSignOutUrl)).text();
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(page)?.[1] ?? assert.fail(page);
    const confirmed = await browser.open(`${idp.issuer}/session/end/confirm`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ xsrf, logout: "yes" }).toString(),
    });
    assert.equal(confirmed.headers.get("location"), `${ORIGIN}/`);
    await signIn(browser);
    assert.equal(idp.typed(), before + 1);
  });

  it("keeps a provider's secret sealed, and removes its people with it", async () => {
    const [kept] = await gateway.database.database.system((work) =>
      work.sql.selectFrom("sign_in_providers").select("client_secret").execute(),
    );
    assert.equal(kept?.client_secret?.includes(CLIENT.secret), false);
    const path = `/api/v1/sign-in-providers/${providerId}`;
    const provider = { name: "Renamed", issuer: idp.issuer, clientId: CLIENT.id, rolesOfGroups: [] };
    assert.equal((await asAdmin("PUT", path, { ...provider, issuer: "https://other.example" })).status, 400);
    assert.equal((await asAdmin("POST", "/api/v1/sign-in-providers", provider)).json["code"], "sign_in.provider_taken");
    const { browser } = await signIn();
    const renamed = await asAdmin("PUT", path, provider);
    assert.deepEqual([renamed.json["name"], renamed.json["confidential"]], ["Renamed", true]);
    assert.equal((await signIn()).landed, refused("sign_in.no_role"), "no group is mapped any more");
    assert.equal((await asAdmin("DELETE", path)).status, 200);
    assert.equal((await me(browser)).status, 401);
    assert.ok((await users()).every(({ email }) => email !== ADA.email));
    assert.equal((await begin(new Browser())).headers.get("location"), refused("sign_in.provider_unknown"));
  });
});
