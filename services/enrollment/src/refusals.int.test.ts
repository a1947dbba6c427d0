import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import { Ownership } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import { newHost, orbitBody, osqueryBody } from "./testing/hosts.ts";
import { acme, INGRESS_KEY, type RunningService, startRunningService } from "./testing/running-service.ts";

const OSQUERY = "/api/osquery/enroll";
const DOORS = [OSQUERY, "/api/v1/osquery/enroll", "/api/fleet/orbit/enroll", "/agent/v1/enroll"];
const from = (address: string) => ({ "muster-ingress-key": INGRESS_KEY, "x-forwarded-for": address });

describe("the enrollment doors", () => {
  let service: RunningService;
  let secret: string;

  before(async () => {
    service = await startRunningService();
    secret = (await newSecret()).secret;
  });
  after(() => service.stop());

  const newSecret = async (changes: { secret?: string; expiresAt?: Date } = {}) => {
    const wanted = {
      name: "hosts",
      secret: "",
      ownership: Ownership.OWNERSHIP_CORPORATE,
      expiresAt: undefined,
      ...changes,
    };
    const { enrollSecret } = await service.client.createEnrollSecret(wanted, acme);
    assert.ok(enrollSecret);
    return enrollSecret;
  };

  it("refuse a secret that is unknown, revoked or expired, and take all that are live", async () => {
    const revoked = await newSecret();
    await service.client.revokeEnrollSecret({ id: revoked.id }, acme);
    const expired = await newSecret({ expiresAt: new Date(Date.now() + 60_000) });
    await service.data.database.tenant("acme", (work) =>
      work.sql
        .updateTable("enroll_secrets")
        .set({ expires_at: new Date(Date.now() - 1000) })
        .where("tenant", "=", "acme")
        .where("id", "=", expired.id)
        .execute(),
    );
    for (const [bad, code] of [
      [revoked.secret, "enrollment.secret_revoked"],
      [expired.secret, "enrollment.secret_expired"],
      ["", "enrollment.secret_unknown"],
    ] as const) {
      const { status, body } = await service.post(OSQUERY, osqueryBody(bad, newHost()), from("198.51.100.1"));
      assert.equal(status, 401);
      assert.equal(body.node_invalid, true);
      assert.equal(body.code, code);
      assert.equal(typeof body.error, "string");
    }
    const chosen = await newSecret({ secret: "a-secret-that-people-chose" });
    for (const good of [secret, chosen.secret])
      assert.equal((await service.post(OSQUERY, osqueryBody(good, newHost()))).status, 200);
    const orbit = await service.post("/api/fleet/orbit/enroll", orbitBody("wrong", newHost()), from("198.51.100.1"));
    assert.equal(orbit.status, 401);
  });

  it("keep no secret: only its hash, and its end as a hint", async () => {
    const { enrollSecrets } = await service.client.listEnrollSecrets({}, acme);
    assert.ok(enrollSecrets.some(({ hint }) => hint === secret.slice(-4)));
    assert.ok(enrollSecrets.every((entry) => entry.secret === ""));
    const dump = await service.data.database.system((work) =>
      work.sql.selectFrom("enroll_secrets").selectAll().execute(),
    );
    assert.ok(!JSON.stringify(dump).includes(secret));
  });

  it("answer nonsense with a 4xx and go on", async () => {
    const nonsense = [
      "",
      "{",
      "null",
      "[]",
      "7",
      '"text"',
      "{}",
      '{"enroll_secret":7}',
      '{"enroll_secret":{"a":1},"host_details":[]}',
      "\u0000",
      '{"token":null,"csr":[]}',
    ];
    for (const [index, body] of nonsense.entries()) {
      for (const door of DOORS) {
        const { status } = await service.post(door, body, from(`203.0.113.${index}`));
        assert.ok(status === 400 || status === 401, `${door} answers ${status} to ${body}`);
      }
    }
  });

  it("store what a machine says of itself without choking on it", async () => {
    const host = newHost({ hostname: `evil\u0000\u001b[31m-${"x".repeat(5_000)}`, serial: "\ud800 serial" });
    const body = osqueryBody(secret, host);
    const answer = await service.post(OSQUERY, {
      ...body,
      host_details: { ...body.host_details, osquery_info: { instance_id: { no: 1 } } },
    });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    const deviceId = service.verifier.verify(answer.body.node_key)?.deviceId ?? "";
    const { enrollment } = await service.client.getEnrollment({ deviceId }, acme);
    assert.match(enrollment?.hostname ?? "", /^evil\[31m-x+$/);
    assert.ok((enrollment?.hostname.length ?? 0) <= 255);
  });

  it("refuse a body above a mebibyte, packed or not", async () => {
    const large = JSON.stringify({ enroll_secret: "x".repeat(2 * 1024 * 1024) });
    assert.equal((await service.post(OSQUERY, large)).status, 413);
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, " "));
    const answer = await fetch(service.url + OSQUERY, {
      method: "POST",
      body: bomb,
      headers: { "content-encoding": "gzip" },
    });
    assert.equal(answer.status, 413);
    const broken = await fetch(service.url + OSQUERY, {
      method: "POST",
      body: "no gzip",
      headers: { "content-encoding": "gzip" },
    });
    assert.equal(broken.status, 400);
  });

  it("let a machine enroll once per method in ten seconds", async () => {
    const host = newHost();
    assert.equal((await service.post(OSQUERY, osqueryBody(secret, host))).status, 200);
    const again = await service.post(OSQUERY, osqueryBody(secret, { ...host, instanceId: "thrown-away" }));
    assert.deepEqual([again.status, again.body.code], [429, "enrollment.cooling_down"]);
    const retryAfter = Number(again.headers.get("retry-after"));
    assert.ok(retryAfter >= 1 && retryAfter <= 10);
    assert.equal((await service.post("/api/fleet/orbit/enroll", orbitBody(secret, host))).status, 200);
  });

  it("stop listening to an address that fails and fails, but not to the hosts that share it", async () => {
    const nat = from("198.51.100.77");
    assert.equal((await service.post(OSQUERY, osqueryBody(secret, newHost()), nat)).status, 200);
    const statuses = [];
    for (let index = 0; index < 40; index++) {
      statuses.push((await service.post(OSQUERY, osqueryBody("wrong", newHost()), nat)).status);
    }
    assert.deepEqual([statuses[0], statuses.at(-1)], [401, 429]);
    assert.equal((await service.post(OSQUERY, osqueryBody(secret, newHost()), nat)).status, 200);
    assert.equal((await service.post(OSQUERY, osqueryBody("wrong", newHost()), from("198.51.100.78"))).status, 401);
  });

  it("tell of a refusal once a minute for one address and reason", async () => {
    const events = await service.events("EnrollmentRefused");
    const told = events.filter(({ body }) => body.remoteAddress === "198.51.100.77").map(({ body }) => body.code);
    assert.deepEqual(told, ["enrollment.secret_unknown", "enrollment.too_many_failures"]);
    assert.ok(events.every(({ tenant }) => tenant === "acme"));
  });

  it("do not believe a forwarded address that no ingress vouches for", async () => {
    const liar = { "x-forwarded-for": "198.51.100.200" };
    await service.post(OSQUERY, osqueryBody("wrong", newHost()), liar);
    const addresses = (await service.events("EnrollmentRefused")).map(({ body }) => body.remoteAddress);
    assert.ok(!addresses.includes("198.51.100.200"));
  });
});
