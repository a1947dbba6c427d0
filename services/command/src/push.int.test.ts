import assert from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";
import { after, before, beforeEach, describe, it } from "node:test";
import { pushCertificate } from "@muster/e2e/simulators/apns/apns-certificates";
import type { Refusal } from "@muster/e2e/simulators/apns/push-rules";
import type { SimulatedApns } from "@muster/e2e/simulators/apns/simulated-apns";
import { eventually } from "@muster/testkit/eventually";
import { sql } from "kysely";
import { type AppleTestDevice, enrollApple } from "./testing/apple-device.ts";
import { type CommandProcess, startCommand } from "./testing/command-process.ts";
import { appleOrder, caller, order } from "./testing/orders.ts";
import { type PushBacking, startPushBacking } from "./testing/push-backing.ts";
import { hurryDues, pushDues } from "./testing/push-dues.ts";
import type { PushTargets } from "./testing/push-targets.ts";
import { startTestPlatform, TENANT, type TestPlatform } from "./testing/test-platform.ts";
import { warnOfEnds } from "./usecases/push/push-certificates.ts";
import { wakeSilent } from "./usecases/push/push-work.ts";

const TOPIC = "com.apple.mgmt.External.acme";
const DEADLINE_MS = 60_000;

describe("pushes", () => {
  let platform: TestPlatform;
  let backing: PushBacking;
  let apns: SimulatedApns;
  let targets: PushTargets;
  let service: CommandProcess;
  let start: () => Promise<CommandProcess>;

  before(async () => {
    platform = await startTestPlatform();
    backing = await startPushBacking();
    ({ apns, targets } = backing);
    start = () => startCommand(platform.database.url, platform.bus.url, backing.settings);
    service = await start();
  });

  after(async () => {
    await service?.stop();
    await backing?.stop();
    await platform?.stop();
  });

  beforeEach(() => {
    apns.failing = () => undefined;
    apns.ledger.length = 0;
  });

  const query = <T>(statement: ReturnType<typeof sql<T>>) =>
    platform.database.database.tenant(TENANT, async (work) => (await statement.execute(work.sql)).rows);
  const dues = () => pushDues(platform);
  const dueOf = async ({ deviceId }: AppleTestDevice) => (await dues()).find(({ device_id }) => device_id === deviceId);
  const until = <T>(what: string, ask: () => Promise<T | undefined>) => eventually(what, ask, DEADLINE_MS);
  const untilQuiet = () => until("no due to be left", async () => ((await dues()).length === 0 ? true : undefined));

  const giveToken = ({ deviceId }: AppleTestDevice, topic = TOPIC): string => {
    const token = randomBytes(32);
    targets.held.set(deviceId, { deviceId, userId: "", topic, token, pushMagic: `magic of ${deviceId}` });
    return token.toString("hex");
  };
  const enrolled = async () => {
    const device = await enrollApple(platform, service.url);
    return { device, token: giveToken(device) };
  };
  const ask = async (devices: readonly AppleTestDevice[], identifier: string = randomUUID()) => {
    const { refusals } = await service.commands.enqueueCommands(
      order(
        devices.map(({ deviceId }) => deviceId),
        appleOrder("RemoveProfile", { Identifier: identifier }),
      ),
      caller,
    );
    assert.deepEqual(refusals, []);
  };
  const upload = async (topic: string, more: { replace?: boolean; days?: number } = {}) => {
    const { replace = false, ...options } = more;
    const { certificate: key, ...rest } = await pushCertificate(topic, options);
    const { certificate } = await service.pushCertificates.uploadPushCertificate(
      { certificate: key, key: rest.key, replace, appleAccount: "" },
      caller,
    );
    return certificate;
  };
  const deliveredTo = (token: string) => apns.delivered.filter((push) => push.token === token);

  it("begin when there is a certificate: one for a device, however much it has to fetch", async () => {
    const { device, token } = await enrolled();
    for (const identifier of ["a", "b", "c"]) await ask([device], identifier);
    await untilQuiet();
    const asked = await service.pushCertificates.createSigningRequest({ appleAccount: "it@acme.example" }, caller);
    const again = await service.pushCertificates.createSigningRequest({ appleAccount: "" }, caller);
    const { signingRequest = "" } = asked.certificate ?? {};
    assert.deepEqual(
      [again.certificate?.id, again.certificate?.signingRequest],
      [asked.certificate?.id, signingRequest],
    );
    const { certificate } = await pushCertificate(TOPIC, { signingRequest });
    const uploaded = { certificate, key: "", replace: false, appleAccount: "" };
    await service.pushCertificates.uploadPushCertificate(uploaded, caller);
    await until("the push", async () => deliveredTo(token)[0]);
    await untilQuiet();
    const [push, ...others] = deliveredTo(token);
    assert.deepEqual([push?.magic, push?.topic, push?.priority], [`magic of ${device.deviceId}`, TOPIC, "10"]);
    assert.ok((push?.expiration ?? 0) > Date.now() / 1_000 + 6 * 86_400);
    assert.equal(others.length, 0);
    const [told] = await platform.heard("muster.command.v1.PushCertificateChanged", "");
    assert.equal(told?.topic, TOPIC);
  });

  it("are sent under a certificate that fits, and no other is taken", async () => {
    const refused = async (promise: Promise<unknown>) =>
      promise.then(
        () => "taken",
        ({ code }: { code: string }) => code,
      );
    const foreign = await pushCertificate(TOPIC);
    const keyless = { certificate: foreign.certificate, key: "", replace: false, appleAccount: "" };
    assert.deepEqual(
      [
        await refused(service.pushCertificates.uploadPushCertificate(keyless, caller)),
        await refused(service.pushCertificates.uploadPushCertificate({ ...keyless, certificate: "no PEM" }, caller)),
        await refused(upload("com.example.app")),
        await refused(upload(TOPIC, { days: -1 })),
        await refused(upload("com.apple.mgmt.External.other")),
      ],
      [
        "push.key_unknown",
        "push.certificate_unreadable",
        "push.not_for_management",
        "push.certificate_expired",
        "push.topic_differs",
      ],
    );
    const renewed = await upload(TOPIC);
    const { certificates } = await service.pushCertificates.listPushCertificates({}, caller);
    assert.deepEqual(
      certificates.map(({ id, topic }) => [id, topic]),
      [[renewed?.id, TOPIC]],
    );
  });

  it("that fail have the consequence of their reason", async () => {
    const reasons: readonly [number, string][] = [
      [410, "Unregistered"],
      [400, "BadDeviceToken"],
      [400, "DeviceTokenNotForTopic"],
      [429, "TooManyRequests"],
      [500, "InternalServerError"],
      [503, "ServiceUnavailable"],
      [413, "PayloadTooLarge"],
      [400, "BadExpirationDate"],
      [404, "BadPath"],
      [405, "MethodNotAllowed"],
    ];
    const byToken = new Map<string, Refusal>();
    const devices: AppleTestDevice[] = [];
    for (const [status, reason] of reasons) {
      const { device, token } = await enrolled();
      devices.push(device);
      byToken.set(token, { status, reason });
    }
    apns.failing = ({ token }) => byToken.get(token);
    await ask(devices);
    await until("every push", async () => (apns.ledger.length >= reasons.length ? true : undefined));
    const later = await until("what is tried again to be left", async () => {
      const left = await dues();
      return left.length === 3 && left.every(({ attempts }) => attempts === 1) ? left : undefined;
    });
    assert.ok(later.every(({ waits_s }) => waits_s > 10 && waits_s < 40));
    assert.deepEqual(
      later
        .map(({ device_id }) => reasons[devices.findIndex(({ deviceId }) => deviceId === device_id)]?.[0])
        .sort((a = 0, b = 0) => a - b),
      [429, 500, 503],
    );
    const dead = await query(sql<{ reason: string }>`select reason from apple_dead_tokens order by reason`);
    assert.deepEqual(
      dead.map(({ reason }) => reason),
      ["BadDeviceToken", "DeviceTokenNotForTopic", "Unregistered"],
    );

    // A dead token is not pushed to again, until the device says it anew or has another.
    const [gone, wrong] = devices as [AppleTestDevice, AppleTestDevice];
    apns.failing = () => undefined;
    apns.ledger.length = 0;
    await ask([gone]);
    await hurryDues(platform);
    await untilQuiet();
    assert.equal(apns.delivered.length, 3);
    const tell = ({ deviceId }: AppleTestDevice) =>
      platform.publish("muster.enrollment.v1.PushTokenChanged", deviceId, {
        deviceId,
        userId: "",
        enrollmentId: randomUUID(),
        topic: TOPIC,
        pushReady: true,
      });
    const known = Buffer.from(targets.held.get(wrong.deviceId)?.token ?? []).toString("hex");
    await tell(wrong);
    await until("the push to the token that was dead", async () => deliveredTo(known)[0]);
    const token = giveToken(gone);
    await tell(gone);
    await until("the push to the new token", async () => deliveredTo(token)[0]);
  });

  it("stop when the certificate is refused, and go on with another", async () => {
    const { device, token } = await enrolled();
    apns.failing = () => ({ status: 403, reason: "BadCertificate" });
    await ask([device]);
    const [told] = await platform.heard("muster.command.v1.PushTopicStopped", "");
    assert.deepEqual([told?.topic, told?.reason], [TOPIC, "BadCertificate"]);
    const { certificates } = await service.pushCertificates.listPushCertificates({}, caller);
    assert.equal(certificates[0]?.stoppedReason, "BadCertificate");
    await until("the push to be put off", async () =>
      ((await dueOf(device))?.waits_s ?? 0) > 3_000 ? true : undefined,
    );
    apns.failing = () => undefined;
    const renewed = await upload(TOPIC);
    await until("the push", async () => deliveredTo(token)[0]);
    assert.equal(renewed?.stoppedReason, "");
  });

  it("are not lost when the push service goes away in the middle", async () => {
    const devices = await Promise.all(Array.from({ length: 60 }, enrolled));
    const before = apns.connections;
    let arrived = 0;
    apns.failing = () => {
      arrived += 1;
      if (arrived === 10) apns.goAway();
      if (arrived === 30) setImmediate(() => apns.cut());
      return undefined;
    };
    await ask(devices.map(({ device }) => device));
    await until("every push", async () =>
      devices.every(({ token }) => deliveredTo(token).length > 0) ? true : undefined,
    );
    await untilQuiet();
    assert.ok(apns.connections > before);
  });

  it("pause while the push service is in trouble; a device that comes needs none, and the rest survive a kill", async () => {
    const [present, late, ...others] = await Promise.all(Array.from({ length: 8 }, enrolled));
    assert.ok(present !== undefined && late !== undefined);
    apns.failing = () => ({ status: 503, reason: "Shutdown" });
    await ask([present, ...others].map(({ device }) => device));
    await until("the failures", async () =>
      (await dues()).filter(({ attempts }) => attempts === 1).length === 7 ? true : undefined,
    );
    await ask([late.device]);
    await until("the push to be put off", async () =>
      ((await dueOf(late.device))?.waits_s ?? 0) > 1 ? true : undefined,
    );
    assert.equal(apns.ledger.filter(({ token }) => token === late.token).length, 0);
    await present.device.idle();
    assert.equal(await dueOf(present.device), undefined);

    service.child.kill("SIGKILL");
    apns.failing = () => undefined;
    service = await start();
    await hurryDues(platform);
    await until("the pushes", async () =>
      [late, ...others].every(({ token }) => deliveredTo(token).length > 0) ? true : undefined,
    );
    await untilQuiet();
    assert.equal(deliveredTo(present.token).length, 0);
  });

  it("remind a device that put a command off, wake a silent one, and warn of their end", async () => {
    const { device, token } = await enrolled();
    await device.drain();
    await ask([device]);
    const { uuid = "" } = await device.idle();
    await device.report(uuid, "NotNow");
    const { cause, waits_s = 0 } = (await dueOf(device)) ?? {};
    assert.equal(cause, "not_now");
    assert.ok(waits_s > 800 && waits_s <= 900);
    await device.idle();
    assert.equal(await dueOf(device), undefined);

    const known = apns.ledger.length;
    await query(sql`update apple_channels set wake_at = now() where device_id = ${device.deviceId}`);
    const work = { database: platform.database.database, now: () => new Date() };
    await wakeSilent(work)();
    await until("the push", async () => deliveredTo(token)[0]);
    await wakeSilent(work)();
    await untilQuiet();
    assert.ok(deliveredTo(token).length <= 2 && apns.ledger.length > known);

    await upload("com.apple.mgmt.External.other", { replace: true, days: 5 });
    await warnOfEnds(work)();
    await warnOfEnds(work)();
    await ask([device]);
    const told = await platform.heard("muster.command.v1.PushCertificateExpiring", "");
    assert.deepEqual(
      told.map(({ daysLeft, topic }) => [daysLeft, topic]),
      [[4, "com.apple.mgmt.External.other"]],
    );
  });
});
