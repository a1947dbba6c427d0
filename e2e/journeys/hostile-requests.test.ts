import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { crossTenants } from "../hostile/across-tenants.ts";
import { makeThings } from "../hostile/api/make-things.ts";
import { formatTried } from "../hostile/api/report.ts";
import type { Things } from "../hostile/api/things.ts";
import { tryApi } from "../hostile/api/try-api.ts";
import type { Door } from "../hostile/door.ts";
import { findingsOf, formatRecords, runHostile } from "../hostile/run-hostile.ts";
import { triesOfBound } from "./testing/bound-role.ts";
import { type JourneyPlatform, startJourneyPlatform } from "./testing/journey-platform.ts";

/** What is found with another one, by `npm run hostile`, is mended and needs no place here. */
const SEED = 1;
/** Nobody listens there. */
const ISSUER = "http://127.0.0.1:9";
const PASSWORD = "a long enough password";
const json = (value: unknown): string => JSON.stringify(value);

describe("malformed, oversized, half-sent and unauthenticated requests", () => {
  let journey: JourneyPlatform;
  let nodeKey: string;
  let made: Promise<Things> | undefined;

  before(async () => {
    journey = await startJourneyPlatform({ environment: { MUSTER_OIDC_ISSUERS: ISSUER } });
    const response = await enroll("hostile");
    nodeKey = ((await response.json()) as { node_key: string }).node_key;
    assert.ok(nodeKey);
  });

  after(() => journey?.stop());

  /** The administrator of the first tenant, and the things that are made for tries at them. */
  const owner = () => ({ origin: journey.platform.urls.gateway, tokens: [journey.platform.administrator.token] });
  const things = () => (made ??= makeThings(owner()));

  const enroll = (hostname: string) =>
    fetch(`${journey.platform.urls.doors.enrollment}/api/osquery/enroll`, {
      method: "POST",
      body: json({ enroll_secret: journey.enrollSecret, host_identifier: hostname, platform_type: "9" }),
    });

  /** Every door of the platform with what a well-behaved caller would send. */
  const doors = (): Door[] => {
    const { urls, administrator } = journey.platform;
    const { enrollment, inventory, command, notification } = urls.doors;
    const authorization = `Bearer ${administrator.token}`;
    const device = (name: string, origin: string, path: string, body: unknown): Door => ({
      name,
      method: "POST",
      url: `${origin}${path}`,
      body: json(body),
    });
    return [
      device("osquery enroll", enrollment, "/api/osquery/enroll", { enroll_secret: "x", host_identifier: "h" }),
      device("orbit enroll", enrollment, "/api/fleet/orbit/enroll", { enroll_secret: "x", hardware_uuid: "u" }),
      device("agent enroll", enrollment, "/agent/v1/enroll", { token: "x", csr: "y", hostname: "h" }),
      device("osquery config", inventory, "/api/osquery/config", { node_key: nodeKey }),
      device("distributed read", inventory, "/api/osquery/distributed/read", { node_key: nodeKey }),
      device("distributed write", inventory, "/api/osquery/distributed/write", { node_key: nodeKey, queries: {} }),
      device("log", inventory, "/api/osquery/log", { node_key: nodeKey, log_type: "status", data: [] }),
      device("carve begin", inventory, "/api/osquery/carve/begin", { node_key: nodeKey, block_count: 1 }),
      device("carve block", inventory, "/api/osquery/carve/block", { session_id: "s", block_id: 0, data: "" }),
      device("orbit config", command, "/api/fleet/orbit/config", { orbit_node_key: "x" }),
      device("agent check-in", command, "/agent/v1/checkin", { bootId: "b", seq: 1 }),
      device("agent results", command, "/agent/v1/results", { results: [] }),
      device("Apple check-in", enrollment, "/apple/checkin", {}),
      device("Setup Assistant", enrollment, "/apple/ade/secret", {}),
      device("SCEP", enrollment, "/apple/scep?operation=PKIOperation", {}),
      device("ACME", enrollment, "/apple/acme/acme/0199a3f0-0000-7000-8000-00000000dead/accounts", {}),
      device("Apple command channel", command, "/apple/connect", {}),
      {
        ...device("signal token", notification, "/ssf/acme/token", ""),
        body: "grant_type=client_credentials&client_id=x&client_secret=y",
        headers: { "content-type": "application/x-www-form-urlencoded" },
      },
      device("signal stream", notification, "/ssf/acme/stream", { delivery: { method: "urn:ietf:rfc:8936" } }),
      device("signal poll", notification, "/ssf/acme/poll/x", { maxEvents: 1, returnImmediately: true }),
      {
        name: "REST",
        method: "POST",
        url: `${urls.gateway}/api/v1/live-queries`,
        body: json({ sql: "select 1" }),
        headers: { authorization, "content-type": "application/json" },
      },
      {
        name: "sign-in",
        method: "POST",
        url: `${urls.gateway}/api/v1/sign-in`,
        body: json({ email: "a", password: "b" }),
      },
    ];
  };

  it("are answered with a clear 4xx on every door, and the neighbours do not feel them", async (test) => {
    const { urls, pids } = journey.platform;
    const records = await runHostile({
      doors: doors(),
      health: { name: "version", method: "GET", url: `${urls.doors.inventory}/version` },
      pids: {
        enrollment: pids["enrollment"] ?? 0,
        inventory: pids["inventory"] ?? 0,
        command: pids["command"] ?? 0,
        notification: pids["notification"] ?? 0,
        gateway: pids["gateway"] ?? 0,
      },
    });
    const findings = findingsOf(records);
    test.diagnostic(`${records.length} attacks, ${findings.length} findings`);
    assert.equal(findings.length, 0, formatRecords(findings));
  });

  it("reach with a role that is bound to a label only the devices that carry it", () => triesOfBound(journey));

  it("reach nothing of another tenant, in no list and by no id", async (test) => {
    const { api, platform } = journey;
    const { gateway: origin } = platform.urls;
    await api.until<{ devices: unknown[] }, true>("/api/v1/devices", ({ devices }) => devices.length > 0 || undefined);
    await api.post("/api/v1/tenants", {
      id: "globex",
      name: "Globex",
      adminEmail: "boss@globex.example",
      adminPassword: PASSWORD,
    });
    const signedIn = await fetch(`${origin}/api/v1/sign-in`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-muster-csrf": "1" },
      body: json({ email: "boss@globex.example", password: PASSWORD }),
    });
    const cookie = signedIn.headers.getSetCookie()[0]?.split(";")[0] ?? assert.fail("no session");
    const made = await fetch(`${origin}/api/v1/api-tokens`, {
      method: "POST",
      headers: { cookie, "content-type": "application/json", "x-muster-csrf": "1" },
      body: json({ name: "boss", role: "admin" }),
    });
    const { token } = (await made.json()) as { token: string };
    const crossed = await crossTenants(owner(), { origin, tokens: [token] }, await things());
    const unknown = crossed.tried.filter(({ status }) => status === 404).length;
    test.diagnostic(
      `${crossed.lists} lists with ${crossed.things} things, ${crossed.tried.length} operations by id, ${unknown} of them answered "unknown"`,
    );
    assert.deepEqual(crossed.findings, []);
    // What is refused before anybody looks at whose it is proves nothing.
    assert.deepEqual(
      crossed.tried.filter(({ status }) => status === 400),
      [],
    );
    assert.ok(crossed.things > 20 && unknown > 80, "too little was there to prove anything");
  });

  it("reach nothing with all rights that are bound to a label of no device", async (test) => {
    const { api, platform } = journey;
    const label = await api.post<{ id: string }>("/api/v1/labels", { name: "Nowhere", kind: "LABEL_KIND_MANUAL" });
    const { actions } = await api.get<{ actions: string[] }>("/api/v1/me");
    const own = actions.filter((action) => !action.startsWith("self."));
    await api.post("/api/v1/roles", { name: "nowhere", actions: own, labelIds: [label.id] });
    const { token } = await api.post<{ token: string }>("/api/v1/api-tokens", { name: "Nowhere", role: "nowhere" });
    const crossed = await crossTenants(owner(), { origin: platform.urls.gateway, tokens: [token] }, await things());
    const outside = crossed.tried.filter(({ code }) => code === "api.outside_labels").length;
    test.diagnostic(`${crossed.tried.length} operations by id, ${outside} of them outside its labels`);
    assert.deepEqual(crossed.findings, []);
    assert.ok(outside > 80, `only ${outside} were refused for being outside`);
  });

  it("of every method of the API are answered as its description says, and what is wrong is refused", async (test) => {
    const { api, platform } = journey;
    const tokens = await Promise.all(
      ["one", "two", "three", "four"].map(async (name) => {
        const { token } = await api.post<{ token: string }>("/api/v1/api-tokens", { name, role: "admin" });
        return token;
      }),
    );
    const report = await tryApi({ origin: platform.urls.gateway, tokens, seed: SEED, right: 1, wrong: 2 });
    const [counts, ...findings] = formatTried(report).split("\n");
    test.diagnostic(`seed ${SEED}: ${counts}`);
    assert.deepEqual(findings, []);
    assert.ok(report.reached.size > 130, `only ${report.reached.size} methods were reached`);
  });
});
