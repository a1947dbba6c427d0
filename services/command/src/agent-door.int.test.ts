import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import { eventually } from "@muster/testkit/eventually";
import {
  calculateJwkThumbprint,
  compactVerify,
  createLocalJWKSet,
  type GeneralJWS,
  generalVerify,
  type JWK,
} from "jose";
import { sql } from "kysely";
import { v7 as uuidv7 } from "uuid";
import { type CommandProcess, INGRESS_KEY, startCommand } from "./testing/command-process.ts";
import { clientCertHeader } from "./testing/device-certificate.ts";
import { caller, order } from "./testing/orders.ts";
import { TestAgent } from "./testing/test-agent.ts";
import { enrollmentOf, startTestPlatform, TENANT, type TestPlatform } from "./testing/test-platform.ts";

describe("the agents' door", () => {
  let platform: TestPlatform;
  let service: CommandProcess;

  before(async () => {
    platform = await startTestPlatform();
    service = await startCommand(platform.database.url, platform.bus.url);
  });

  after(async () => {
    await service?.stop();
    await platform?.stop();
  });

  const someone = () => ({ tenant: TENANT, deviceId: uuidv7(), generation: 1 });
  const headersOf = async () => ({
    "client-cert": await clientCertHeader(someone()),
    "muster-ingress-key": INGRESS_KEY,
  });
  const send = async (path: string, headers: Record<string, string>, body: string | Uint8Array<ArrayBuffer>) => {
    const answer = await fetch(`${service.url}/agent/v1/${path}`, { method: "POST", headers, body });
    return [answer.status, ((await answer.json()) as { code?: string }).code];
  };

  it("believes a certificate only from the ingress", async () => {
    const headers = await headersOf();
    assert.deepEqual(await send("checkin", { "client-cert": headers["client-cert"] }, "{}"), [
      401,
      "agent.certificate_required",
    ]);
    assert.deepEqual(await send("checkin", { ...headers, "muster-ingress-key": "guess" }, "{}"), [
      401,
      "agent.certificate_required",
    ]);
    assert.deepEqual(await send("checkin", { ...headers, "client-cert": ":AAAA:" }, "{}"), [
      401,
      "agent.certificate_required",
    ]);
    const answer = await fetch(`${service.url}/agent/v1/stream`);
    assert.equal(answer.status, 401);
  });

  it("lets a device in whose enrollment it has not heard of yet", async () => {
    const agent = await TestAgent.of(service.url, someone());
    assert.deepEqual(await agent.checkIn(), []);
  });

  it("answers what it cannot read with a clear no", async () => {
    const headers = await headersOf();
    const bad: [string, Record<string, string>, string | Uint8Array<ArrayBuffer>, [number, string]][] = [
      ["results", headers, "{", [400, "http.malformed_json"]],
      ["results", headers, "null", [400, "agent.bad_body"]],
      ["results", headers, '{"results":{}}', [400, "agent.bad_body"]],
      ["results", headers, '{"results":[null]}', [400, "agent.bad_body"]],
      ["results", headers, '{"results":[{"commandId":7}]}', [400, "agent.bad_body"]],
      ["results", { ...headers, "content-encoding": "gzip" }, "no gzip", [400, "http.malformed_encoding"]],
      [
        "checkin",
        { ...headers, "content-encoding": "gzip" },
        new Uint8Array(gzipSync(Buffer.alloc(64 * 1024 * 1024))),
        [413, "http.too_large"],
      ],
      ["results", headers, " ".repeat(27 * 1024 * 1024), [413, "http.too_large"]],
    ];
    for (const [path, sent, body, expected] of bad) {
      // A server that refuses a large body may close before all of it was sent.
      const closed = (error: unknown) => (expected[0] === 413 ? expected : Promise.reject(error));
      assert.deepEqual(await send(path, sent, body).catch(closed), expected);
    }
    const agent = await TestAgent.of(service.url, someone());
    assert.deepEqual(await agent.checkIn(), []);
  });

  describe("asked for the page of a device's owner", () => {
    const enrolled = async () => {
      const device = await platform.enroll({ agent: 1 });
      const agent = await TestAgent.of(service.url, device);
      const link = async () => {
        const answer = await agent.post("my-device", {});
        const { url } = (await answer.json()) as { url: string };
        return { status: answer.status, url, token: url?.split("/").at(-1) ?? "" };
      };
      return { ...device, link };
    };
    const redeem = (token: string, tenant = TENANT) =>
      service.owners.redeemOwnerLink({ token }, { tenant, actor: "owner" }).then(
        ({ deviceId }) => deviceId,
        (error: { code?: string }) => error.code,
      );

    it("gives a link that nobody guesses and that works once, in its own tenant alone", async () => {
      const [one, other] = await Promise.all([enrolled(), enrolled()]);
      const [{ token, url }, second] = await Promise.all([one.link(), other.link()]);
      assert.match(url, /^http:\/\/localhost:8080\/my-device\/open\/[a-z0-9-]+\/[\w-]{43}$/);
      assert.equal(await redeem(token, "globex"), "owner.bad_link");
      assert.equal(await redeem(token.replace(/.$/, (last) => (last === "A" ? "B" : "A"))), "owner.bad_link");
      assert.deepEqual(await Promise.all([redeem(token), redeem(second.token)]), [one.deviceId, other.deviceId]);
      assert.equal(await redeem(token), "owner.bad_link");
    });

    it("forgets the link before, and each after ten minutes", async () => {
      const { deviceId, link } = await enrolled();
      const [first, second] = [await link(), await link()];
      assert.equal(await redeem(first.token), "owner.bad_link");
      await platform.database.database.tenant(TENANT, (work) =>
        sql`update owner_links set expires_at = expires_at - interval '10 minutes' where device_id = ${deviceId}`.execute(
          work.sql,
        ),
      );
      assert.equal(await redeem(second.token), "owner.bad_link");
    });

    it("gives none once the device has left, and the one that it had opens nothing", async () => {
      const { deviceId, link } = await enrolled();
      const { token } = await link();
      const enrollment = { ...enrollmentOf(deviceId, { agent: 1 }), version: 2, status: "STATUS_UNENROLLED" as const };
      await platform.publish("muster.enrollment.v1.DeviceUnenrolled", deviceId, { enrollment, reason: "sold" });
      await eventually("the door to close", async () => ((await rulesOf(deviceId)).length === 0 ? true : undefined));
      assert.equal((await link()).status, 401);
      assert.equal(await redeem(token), "owner.bad_link");
    });

    const rulesOf = async (deviceId: string) =>
      (await service.owners.describeCommands({ deviceId }, caller)).rules.filter(({ allowed }) => allowed);

    it("tells what the device may be told to do, of no device of another tenant", async () => {
      const { deviceId } = await enrolled();
      assert.ok((await rulesOf(deviceId)).some(({ says }) => says === "Restart"));
      const elsewhere = await service.owners.describeCommands({ deviceId }, { tenant: "globex", actor: "owner" });
      assert.ok(elsewhere.rules.every(({ allowed }) => !allowed));
    });
  });

  it("announces its keys, signed by each of them, to an agent that knows others, and to no other", async () => {
    const [next, old] = ["next", "old"].map((kid) => {
      const { privateKey, publicKey } = generateKeyPairSync("ed25519");
      return {
        private: { ...privateKey.export({ format: "jwk" }), kid },
        public: { ...publicKey.export({ format: "jwk" }), kid },
      };
    });
    assert.ok(next !== undefined && old !== undefined);
    const rotating = await startCommand(platform.database.url, platform.bus.url, {
      MUSTER_COMMAND_SIGNING_KEY: JSON.stringify({ keys: [next.private, old.private] }),
    });
    try {
      const device = await platform.enroll({ agent: 1 });
      const agent = await TestAgent.of(rotating.url, device);
      await rotating.commands.enqueueCommands(order([device.deviceId]), caller);
      const checkIn = async (body: object) =>
        (await (await agent.post("checkin", body)).json()) as { commands: string[]; commandKeys?: GeneralJWS };
      const digest = async (...keys: JWK[]) =>
        (await Promise.all(keys.map((key) => calculateJwkThumbprint(key)))).toSorted().join(".");
      const { commandKeys, commands } = await checkIn({ commandKeys: await digest(old.public) });
      assert.ok(commandKeys);
      for (const key of [next.public, old.public]) {
        const { payload } = await generalVerify(commandKeys, createLocalJWKSet({ keys: [key] }));
        const { keys } = JSON.parse(new TextDecoder().decode(payload)) as { keys: JWK[] };
        assert.deepEqual(
          keys.map(({ x, d }) => [x, d]),
          [next, old].map((each) => [each.public.x, undefined]),
        );
      }
      await compactVerify(commands[0] ?? "", createLocalJWKSet({ keys: [next.public] }));
      assert.equal((await checkIn({ commandKeys: await digest(next.public, old.public) })).commandKeys, undefined);
      assert.equal((await checkIn({})).commandKeys, undefined, "an agent that does not ask would not understand");
    } finally {
      await rotating.stop();
    }
  });

  it("holds one stream a device: the newest", async () => {
    const agent = await TestAgent.of(service.url, someone());
    const first = agent.stream(AbortSignal.timeout(60_000));
    await first.next();
    const end = new AbortController();
    const second = agent.stream(end.signal);
    await second.next();
    assert.equal((await first.next()).done, true);
    end.abort();
  });

  it("wakes all devices of a tenant for a question, and no other tenant's", async () => {
    const mine = await Promise.all(Array.from({ length: 5 }, () => TestAgent.of(service.url, someone())));
    const other = await TestAgent.of(service.url, { ...someone(), tenant: "other" });
    const end = new AbortController();
    const streams = mine.map((agent) => agent.stream(end.signal));
    const othersStream = other.stream(end.signal);
    for (const stream of [...streams, othersStream]) await stream.next();
    const first = othersStream.next();
    const woken = Promise.all(streams.map((stream) => stream.next()));
    platform.bus.bus.publish(`wake.tenant.${TENANT}`, "queries");
    for (const { value } of await woken) assert.deepEqual(value, { type: "wake", for: "queries" });
    platform.bus.bus.publish("wake.tenant.other", "queries");
    assert.deepEqual((await first).value, { type: "wake", for: "queries" });
    end.abort();
  });

  it("ends its streams in order when the service stops", async () => {
    const leaving = await startCommand(platform.database.url, platform.bus.url);
    const agent = await TestAgent.of(leaving.url, someone());
    const stream = agent.stream(AbortSignal.timeout(60_000));
    await stream.next();
    const ended = stream.next();
    assert.equal(await leaving.stop(), 0);
    assert.equal((await ended).done, true);
    assert.doesNotMatch(leaving.log(), /"level":"error"/);
  });
});
