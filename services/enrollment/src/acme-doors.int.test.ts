import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { Status } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import {
  type AcmeRequest,
  answerChallenge,
  finalize,
  order,
  requestByAcme,
} from "@muster/e2e/simulators/apple/acme/acme-client";
import { AcmeSession } from "@muster/e2e/simulators/apple/acme/acme-session";
import type { SimulatedAppleDevice } from "@muster/e2e/simulators/apple/apple-device";
import { makeEcKey, makeRsaKey } from "@muster/e2e/simulators/apple/crypto/key-pair";
import {
  type AttestationAuthority,
  makeAttestationAuthority,
} from "@muster/e2e/simulators/apple/hardware/attestation-authority";
import { requestCertificate } from "@muster/e2e/simulators/apple/scep/scep-client";
import { v7 as newId } from "uuid";
import { noteAsked } from "./storage/apple-renewals.ts";
import { byAcmeClient } from "./testing/acme-client.ts";
import { type AcmeTenant, type AcmeTenants, ATTESTED, PLAIN, startAcmeTenants } from "./testing/acme-tenants.ts";
import { deviceAt, doorTo } from "./testing/apple-devices.ts";
import { ORIGIN, type RunningService } from "./testing/running-service.ts";
import { AcmeAccounts } from "./usecases/acme/acme-accounts.ts";

const facts = { serial: "C02ATTESTED", udid: "00008110-0123456789ABCDEF", osVersion: "18.1" };

describe("the ACME server of Apple's devices", () => {
  let tenants: AcmeTenants;
  let service: RunningService;
  let attestor: AttestationAuthority;
  before(async () => {
    tenants = await startAcmeTenants();
    ({ attestor, service } = tenants);
  });
  after(() => tenants?.stop());

  const enrollUrl = (tenant: AcmeTenant) => `${ORIGIN}/apple/enroll/${tenants.tokenOf(tenant)}`;
  const newRequest = (tenant: AcmeTenant) => tenants.newRequest(tenant);
  const open = async (request: AcmeRequest) =>
    AcmeSession.open(doorTo(service), request.directoryUrl, await makeEcKey());
  const attest = (request: AcmeRequest, token: string, of = facts, by = attestor) =>
    by.attest(request.key.publicKey, token, of);
  const registered = async ({ hardware }: SimulatedAppleDevice, caller: AcmeTenant) => {
    const { enrollments } = await service.client.listEnrollments(
      { status: Status.STATUS_UNSPECIFIED, duplicatesOnly: false, pageSize: 100, pageToken: "" },
      caller,
    );
    return enrollments.filter(({ hardwareSerial }) => hardwareSerial === hardware.serial);
  };

  for (const [kind, caller] of [
    ["iPhone", ATTESTED],
    ["Mac", ATTESTED],
    ["Mac", PLAIN],
  ] as const)
    it(`enrolls a ${kind} of a tenant whose way is ${caller.tenant}, and renews its certificate as the same device`, async (t) => {
      const seed = `acme ${kind} ${caller.tenant}`;
      const device = deviceAt(t, service, kind, { seed, attestor });
      await device.enrollFrom(enrollUrl(caller));
      const [before, ...others] = await registered(device, caller);
      assert.ok(before);
      assert.deepEqual(others, []);
      const key = new X509Certificate(device.enrollment?.identity.certificate ?? "").publicKey.asymmetricKeyType;
      assert.equal(key, caller === ATTESTED ? "ec" : "rsa");
      if (kind === "Mac") assert.ok(await device.fetchBootstrapToken());

      const [commandId, { deviceId }] = [newId(), before];
      const { enrollmentId } = before.apple ?? assert.fail();
      await service.data.database.system((work) =>
        noteAsked(
          work.sql,
          [{ tenant: caller.tenant, enrollmentId, deviceId, notAfter: new Date(), commandId }],
          new Date(),
        ),
      );
      const { content } = await service.appleDevices.renderRenewalProfile({ deviceId, commandId }, caller);
      await device.renewWith(content);
      const [after] = await registered(device, caller);
      assert.notEqual(after?.certificateSerial, before.certificateSerial);
      assert.deepEqual(after?.generations, before.generations);
      assert.equal(after?.apple?.enrollmentId, enrollmentId);
      const attested = caller === ATTESTED ? device.hardware.serial : undefined;
      for (const { apple } of [before, after]) assert.equal(apple?.attestation?.serialNumber, attested);
      const renewed = (await service.events("IdentityRenewed")).filter((event) => event.device_id === deviceId);
      assert.equal(renewed.length, 1);
      if (kind === "Mac") assert.ok(await device.fetchBootstrapToken());
    });

  it("enrolls over the air", async (t) => {
    const device = deviceAt(t, service, "iPad", { seed: "acme ota", attestor, factory: tenants.factory });
    await device.enrollOverTheAir(`${ORIGIN}/apple/ota/${tenants.tokenOf(ATTESTED)}`);
    assert.equal((await registered(device, ATTESTED)).length, 1);
  });

  it("gives no certificate without a believed attestation of the very key", async () => {
    const request = await newRequest(ATTESTED);
    const session = await open(request);
    const stranger = await makeAttestationAuthority();
    const answers: Record<string, (token: string) => Promise<Buffer | undefined>> = {
      "an attestation of the key is required here": async () => undefined,
      "the attestation cannot be read": async () => Buffer.from("a363666d74", "hex"),
      "no root that is believed here stands behind the attestation": (token) => attest(request, token, facts, stranger),
      "the attestation was made for something else": () => attest(request, "another token"),
      "the attestation is about another device than the one that enrolls": (token) =>
        attest(request, token, { ...facts, serial: "" }),
    };
    for (const [detail, answer] of Object.entries(answers)) {
      const ordered = await order(session, request.clientIdentifier);
      const { error, status } = await answerChallenge(session, ordered, await answer(ordered.challenge.token));
      assert.deepEqual([status, (error as { detail: string }).detail], ["invalid", detail]);
      await assert.rejects(finalize(session, ordered, request), { problem: "orderNotReady" });
    }
    const ordered = await order(session, request.clientIdentifier);
    await answerChallenge(session, ordered, await attest(request, ordered.challenge.token));
    const { link } = await session.post(ordered.challenge.url, undefined);
    assert.match(link, /\/directory>;rel="index".*\/authorizations\/.*>;rel="up"/);
    await assert.rejects(finalize(session, ordered, { ...request, key: await makeEcKey() }), { problem: "badCSR" });
    assert.ok(await finalize(session, ordered, request));
    assert.ok((await service.events("EnrollmentRefused")).some(({ body }) => body.code === "apple.not_attested"));
  });

  it("takes the client identifier of a profile once, for its own enrollment and over ACME only", async () => {
    const [one, other, foreign] = [await newRequest(PLAIN), await newRequest(PLAIN), await newRequest(ATTESTED)];
    const session = await open(one);
    for (const { clientIdentifier } of [other, foreign, { clientIdentifier: "guessed" }])
      await assert.rejects(order(session, clientIdentifier), { problem: "rejectedIdentifier" });
    const [first, second] = [await order(session, one.clientIdentifier), await order(session, one.clientIdentifier)];
    for (const each of [first, second]) await answerChallenge(session, each, undefined);
    assert.ok(await finalize(session, first, one));
    await assert.rejects(finalize(session, second, one), { problem: "rejectedIdentifier" });
    await assert.rejects(order(session, one.clientIdentifier), { problem: "rejectedIdentifier" });
    // An order is its account's alone.
    const stranger = await open(one);
    await assert.rejects(stranger.post(first.url, undefined), { status: 404 });
    await assert.rejects(requestByAcme(doorTo(service), { ...other, directoryUrl: one.directoryUrl }), {
      problem: "rejectedIdentifier",
    });
    const overScep = {
      url: `${ORIGIN}/apple/scep`,
      name: undefined,
      caFingerprint: undefined,
      key: await makeRsaKey(2048),
    };
    await assert.rejects(
      requestCertificate(
        doorTo(service),
        { ...other, ...overScep, challenge: other.clientIdentifier },
        () => new Date(),
      ),
      { failInfo: "2" },
    );
    const elsewhere = other.directoryUrl.replace("/plain/", "/attested/");
    await assert.rejects(open({ ...other, directoryUrl: elsewhere }), { status: 404 });
  });

  it("takes a request once and issues one certificate, however many ask at once", async () => {
    const request = await newRequest(PLAIN);
    const session = await open(request);
    const { nonce } = session;
    const url = session.account ?? "";
    const asked = await Promise.allSettled([1, 2, 3].map(() => session.post(url, undefined, { nonce })));
    assert.equal(asked.filter(({ status }) => status === "fulfilled").length, 1);
    const issuing = [1, 2].map(async () => {
      const own = await open(request);
      const ordered = await order(own, request.clientIdentifier);
      await answerChallenge(own, ordered, undefined);
      return () => finalize(own, ordered, request);
    });
    const ready = await Promise.all(issuing);
    const issued = await Promise.allSettled(ready.map((finish) => finish()));
    assert.deepEqual(issued.map(({ status }) => status).toSorted(), ["fulfilled", "rejected"]);
  });

  it("keeps nothing that names a person's own device", async () => {
    const request = await newRequest(ATTESTED);
    const id = request.directoryUrl.split("/").at(-2) ?? "";
    await service.data.database.system((work) =>
      work.sql.updateTable("apple_enrollments").set({ ownership: "personal" }).where("id", "=", id).execute(),
    );
    const session = await open(request);
    const ordered = await order(session, request.clientIdentifier);
    const { status } = await answerChallenge(session, ordered, await attest(request, ordered.challenge.token));
    assert.equal(status, "valid");
    assert.ok(await finalize(session, ordered, request));
    const kept = await service.data.database.system(async (work) => [
      await work.sql.selectFrom("apple_enrollments").selectAll().where("id", "=", id).execute(),
      await work.sql.selectFrom("acme_orders").select("attested").where("enrollment_id", "=", id).execute(),
    ]);
    assert.match(JSON.stringify(kept), new RegExp(facts.osVersion));
    assert.doesNotMatch(JSON.stringify(kept), new RegExp(`${facts.serial}|${facts.udid}`));
  });

  it("answers what is no good request with the problem that RFC 8555 names", async () => {
    const request = await newRequest(PLAIN);
    const session = await open(request);
    const { newAccount, newOrder } = session.directory;
    const used = session.nonce;
    const account = session.account ?? "";
    await session.post(account, undefined);
    const wanted = { identifiers: [{ type: "permanent-identifier", value: request.clientIdentifier }] };
    const ask = (otherwise: Parameters<AcmeSession["post"]>[2], payload: unknown = wanted) =>
      assert.rejects.bind(assert, () => session.post(newOrder, payload, otherwise));
    await ask({ nonce: used })({ status: 400, problem: "badNonce" });
    for (const nonce of ["never told", "\0"]) await ask({ nonce })({ problem: "badNonce" });
    await ask({ url: newAccount })({ status: 403, problem: "unauthorized" });
    await ask({ key: await makeEcKey() })({ problem: "malformed" });
    await ask({ kid: undefined })({ problem: "malformed" });
    for (const end of ["x", "\0"]) await ask({ kid: account + end })({ problem: "accountDoesNotExist" });
    await ask({ contentType: "application/json" })({ status: 415, problem: "malformed" });
    await ask({}, { identifiers: [] })({ problem: "malformed" });
    await ask({}, { identifiers: [{ type: "dns", value: "example.org" }] })({ problem: "unsupportedIdentifier" });
    await ask(
      {},
      { identifiers: [{ type: "permanent-identifier", value: "x".repeat(500) }] },
    )({ problem: "malformed" });
    const unknown = { kid: undefined, key: await makeEcKey() };
    await assert.rejects(session.post(newAccount, { onlyReturnExisting: true }, unknown), {
      problem: "accountDoesNotExist",
    });
    await assert.rejects(session.post(account.replace(/accounts.*/, "revocations"), {}), { problem: "unauthorized" });
    for (let left = 8; left > 0; left--) await session.post(newOrder, wanted);
    await ask({})({ status: 429, problem: "rateLimited" });
    await session.post(account, { status: "deactivated" });
    await ask({})({ problem: "accountDoesNotExist" });
  });

  it("lets nothing be ordered, proven or issued once the profile's time is over", async () => {
    const request = await newRequest(PLAIN);
    const session = await open(request);
    const ordered = await order(session, request.clientIdentifier);
    await service.data.database.system(async (work) => {
      await work.sql
        .updateTable("acme_orders")
        .set({ expires_at: new Date(0) })
        .where("id", "=", idIn(ordered.url))
        .execute();
    });
    assert.equal((await session.post(ordered.url, undefined)).body["status"], "invalid");
    assert.equal((await answerChallenge(session, ordered, undefined))["status"], "invalid");
    await assert.rejects(finalize(session, ordered, request), { problem: "orderNotReady" });
    await service.data.database.system((work) =>
      work.sql
        .updateTable("apple_enrollments")
        .set({ challenge_expires_at: new Date(0) })
        .where("id", "=", request.directoryUrl.split("/").at(-2) ?? "")
        .execute(),
    );
    await assert.rejects(order(session, request.clientIdentifier), { status: 404 });
    await assert.rejects(open(request), { status: 404 });
  });

  it("keeps accounts, orders and nonces for as long as a profile's time lasts", async () => {
    const request = await newRequest(PLAIN);
    await order(await open(request), request.clientIdentifier);
    const { database } = service.data;
    const leftAfter = async (now: Date) => {
      await new AcmeAccounts({ database, now: () => now, newCredential: newId }).sweep();
      return database.system(async ({ sql }) => [
        await sql.selectFrom("acme_accounts").selectAll().execute(),
        await sql.selectFrom("acme_orders").selectAll().execute(),
        await sql.selectFrom("acme_nonces").selectAll().execute(),
      ]);
    };
    assert.ok((await leftAfter(new Date())).every((rows) => rows.length > 0));
    assert.deepEqual(await leftAfter(new Date(Date.now() + 2 * 3_600_000)), [[], [], []]);
  });

  it("refuses a device that says it is another than its maker attested", async (t) => {
    const device = deviceAt(t, service, "iPhone", { seed: "acme foreign", attestor });
    device.misbehaviour.attestsAs = { serial: "C02ANOTHER1", udid: device.hardware.udid };
    await assert.rejects(device.enrollFrom(enrollUrl(ATTESTED)), { status: 403 });
    device.misbehaviour.attestsAs = { serial: device.hardware.serial, udid: "00008110-FEDCBA9876543210" };
    await assert.rejects(device.enrollFrom(enrollUrl(ATTESTED)), { status: 403 });
    assert.deepEqual(await registered(device, ATTESTED), []);
    delete device.misbehaviour.attestsAs;
    await device.enrollFrom(enrollUrl(ATTESTED));
    assert.equal((await registered(device, ATTESTED)).length, 1);
  });

  it("is understood by a client that others wrote", async () => {
    const request = await newRequest(PLAIN);
    const certificate = await byAcmeClient(service, request);
    assert.match(certificate.subjectAltName ?? "", /^URI:urn:muster:apple:plain:/);
  });
});

const idIn = (url: string): string => url.split("/").at(-1) ?? "";
