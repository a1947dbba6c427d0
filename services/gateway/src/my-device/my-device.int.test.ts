import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { eventually } from "@muster/testkit/eventually";
import { type GatewayProcess, startGatewayProcess } from "@muster/testkit/gateway-process";
import { type OwnerServices, startOwnerServices } from "../testing/owner-services.ts";

const MINE = "0199a3f0-0000-7000-8000-00000000000a";
const THEIRS = "0199a3f0-0000-7000-8000-00000000000b";

describe("the page of a device's owner", () => {
  let services: OwnerServices;
  let gateway: GatewayProcess<unknown>;
  const told: { readonly actor: string; readonly action: string; readonly body: string }[] = [];

  before(async () => {
    services = await startOwnerServices(
      new Map([
        [MINE, "acme"],
        [THEIRS, "globex"],
      ]),
    );
    gateway = await startGatewayProcess(services.address);
    gateway.bus.bus.subscribe("evt.v1.*.gateway.ActionTaken", {
      callback: (_error, message) => {
        const { actor, action } = message.json<{ actor: string; action: string }>();
        told.push({ actor, action, body: message.string() });
      },
    });
  });

  after(async () => {
    await gateway?.stop();
    await services?.stop();
  });

  afterEach(() => services.asked.splice(0));

  const get = (path: string, cookie = "", headers: Record<string, string> = {}) =>
    fetch(gateway.url + path, { headers: { ...headers, cookie }, redirect: "manual" });
  const post = (path: string, cookie: string, headers: Record<string, string> = {}) =>
    fetch(gateway.url + path, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", ...headers, cookie },
      redirect: "manual",
    });
  const open = (tenant: string, token: string) => get(`/my-device/open/${tenant}/${token}`);
  const visit = async (tenant = "acme", deviceId = MINE) =>
    (await open(tenant, services.link(tenant, deviceId))).headers.get("set-cookie")?.split(";")[0] ?? "";
  const codeOf = async (response: Response) => [response.status, ((await response.json()) as { code: string }).code];

  it("opens by a link of the device, once, and keeps the link's token nowhere", async () => {
    const token = services.link("acme", MINE);
    const response = await open("acme", token);
    const html = await response.text();
    assert.equal(response.status, 200);
    assert.match(html, /<meta http-equiv="refresh" content="0;url=\/my-device">/);
    assert.ok(!html.includes(token));
    assert.match(
      response.headers.get("set-cookie") ?? "",
      /Path=\/my-device; HttpOnly; SameSite=Strict; Max-Age=3600$/,
    );
    assert.deepEqual(
      ["cache-control", "referrer-policy"].map((name) => response.headers.get(name)),
      ["no-store", "no-referrer"],
    );
    const again = await open("acme", token);
    assert.deepEqual([again.status, again.headers.get("set-cookie")], [401, null]);
    assert.match(await again.text(), /Open this page from your device/);
  });

  it("does not open by a link in another tenant's name", async () => {
    assert.equal((await open("globex", services.link("acme", MINE))).status, 401);
  });

  it("shows nothing without the cookie, nor with one that is not whole, nor to an administrator", async () => {
    const cookie = await visit();
    const { token } = gateway.admin;
    for (const bad of ["", "muster_my_device=nonsense", cookie.slice(0, -6)]) {
      assert.deepEqual(await codeOf(await get("/my-device/api/device", bad)), [401, "owner.no_session"]);
      const page = await get("/my-device", bad, { authorization: `Bearer ${token}` });
      assert.deepEqual([page.status, page.headers.get("content-type")], [401, "text/html; charset=utf-8"]);
    }
    assert.deepEqual(services.asked, []);
  });

  it("says what is seen, what is not, what was done and by whom, with every word escaped", async () => {
    services.change(MINE, { displayName: "Ada's <laptop>" });
    const page = await get("/my-device", await visit());
    const html = await page.text();
    assert.equal(page.status, 200);
    assert.match(page.headers.get("content-security-policy") ?? "", /default-src 'none'; style-src 'self'/);
    for (const text of [
      "Ada&#39;s &lt;laptop&gt;",
      "Its serial number",
      "Framework 13",
      "select &#39;&lt;b&gt;&#39; from users",
      "an administrator",
      "Turn on LUKS.",
    ])
      assert.ok(html.includes(text), text);
    assert.doesNotMatch(html, /example\.org|<script|<b>| style=/);
  });

  it("asks about the one device of the visit and its tenant, whatever the request names", async () => {
    for (const [tenant, deviceId] of [
      ["acme", MINE],
      ["globex", THEIRS],
    ] as const) {
      const cookie = await visit(tenant, deviceId);
      const other = tenant === "acme" ? THEIRS : MINE;
      const paths = [
        `/my-device/api/device?deviceId=${other}&device_id=${other}&tenant=globex`,
        `/my-device?id=${other}`,
      ];
      for (const path of paths) assert.equal((await get(path, cookie, { "muster-tenant": "default" })).status, 200);
      assert.ok(services.asked.length > 0);
      for (const asked of services.asked.splice(0)) assert.deepEqual(asked, { tenant, actor: "owner", deviceId });
    }
  });

  it("is no way into the API, nor to another device's page", async () => {
    const cookie = await visit();
    assert.deepEqual(await codeOf(await get(`/api/v1/devices/${MINE}`, cookie)), [401, "api.unauthenticated"]);
    const headers = { accept: "application/json" };
    for (const path of [`/my-device/api/device/${THEIRS}`, `/my-device/${THEIRS}`])
      assert.equal((await get(path, cookie, headers)).status, 404, path);
  });

  it("closes when the device leaves, or enrolls anew in whatever hands", async () => {
    const cookie = await visit("globex", THEIRS);
    for (const change of [{ unenrolled: true }, { unenrolled: false, enrolledAt: new Date(Date.now() + 60_000) }]) {
      services.change(THEIRS, change);
      assert.deepEqual(await codeOf(await get("/my-device/api/device", cookie)), [401, "owner.no_session"]);
      assert.deepEqual(await codeOf(await post("/my-device/api/refetch", cookie)), [401, "owner.no_session"]);
    }
    assert.deepEqual(services.refetched, []);
  });

  it("lets the owner ask for a refetch, not another site, and tells of it without where the owner is", async () => {
    const cookie = await visit();
    for (const headers of [{ origin: "https://evil.example" }, { "sec-fetch-site": "cross-site" }])
      assert.deepEqual(await codeOf(await post("/my-device/api/refetch", cookie, headers)), [403, "api.cross_site"]);
    assert.deepEqual(services.refetched, []);
    const answer = await post("/my-device/refetch", cookie, { origin: gateway.url, "user-agent": "a browser" });
    assert.deepEqual([answer.status, answer.headers.get("location")], [303, "/my-device?asked=1"]);
    assert.match(await (await get("/my-device?asked=1", cookie)).text(), /role="status"/);
    assert.deepEqual(services.refetched, [MINE]);
    const event = await eventually("the event", async () => told.find(({ actor }) => actor === "owner"));
    assert.equal(event.action, "device.refetch");
    assert.doesNotMatch(event.body, /127\.0\.0\.1|a browser/);
    // All the visits before were told to nobody.
    assert.equal(told.filter(({ actor }) => actor === "owner").length, 1);
  });

  it("can be left", async () => {
    const left = await post("/my-device/leave", await visit());
    assert.match(left.headers.get("set-cookie") ?? "", /^muster_my_device=; Path=\/my-device; .*Max-Age=0/);
  });
});
