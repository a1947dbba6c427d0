import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { AppleIdentityWay } from "@muster/contracts/gen/muster/enrollment/v1/apple_identity_service";
import { Ownership, Status } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import {
  type AcmeRequest,
  answerChallenge,
  finalize,
  order,
  requestByAcme,
} from "@muster/e2e/simulators/apple/acme/acme-client";
import { AcmeSession } from "@muster/e2e/simulators/apple/acme/acme-session";
import type { SimulatedAppleDevice } from "@muster/e2e/simulators/apple/apple-device";
import { makeEcKey } from "@muster/e2e/simulators/apple/crypto/key-pair";
import {
  type AttestationAuthority,
  makeAttestationAuthority,
} from "@muster/e2e/simulators/apple/hardware/attestation-authority";
import { makeDeviceAuthority } from "@muster/e2e/simulators/apple/hardware/device-authority";
import { v7 as newId } from "uuid";
import { noteAsked } from "./storage/apple-renewals.ts";
import { byAcmeClient } from "./testing/acme-client.ts";
import { acmeWishIn, deviceAt, doorTo } from "./testing/apple-devices.ts";
import { ORIGIN, type RunningService, startRunningService } from "./testing/running-service.ts";

const [ATTESTED, PLAIN] = [
  { tenant: "attested", actor: "ada@attested.example" },
  { tenant: "plain", actor: "ada@plain.example" },
] as const;
const facts = { serial: "C02ATTESTED", udid: "00008110-0123456789ABCDEF", osVersion: "18.1" };

describe("the ACME server of Apple's devices", () => {
  let service: RunningService;
  let folder: string;
  let attestor: AttestationAuthority;
  const tokens = new Map<string, string>();
  const factory = makeDeviceAuthority();
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "muster-acme-doors-"));
    attestor = await makeAttestationAuthority();
    const [roots, makers] = [join(folder, "attestation.pem"), join(folder, "makers.pem")];
    await writeFile(roots, attestor.root);
    await writeFile(makers, (await factory).root);
    service = await startRunningService({
      MUSTER_APPLE_ATTESTATION_ROOTS: roots,
      MUSTER_APPLE_DEVICE_ROOTS: makers,
    });
    const wanted = { name: "Apple", maxUses: 100, ownership: Ownership.OWNERSHIP_CORPORATE, expiresAt: undefined };
    for (const [caller, way] of [
      [ATTESTED, AppleIdentityWay.APPLE_IDENTITY_WAY_ACME_ATTESTED],
      [PLAIN, AppleIdentityWay.APPLE_IDENTITY_WAY_ACME],
    ] as const) {
      await service.appleIdentity.setAppleIdentity({ appleIdentity: { way } }, caller);
      const made = await service.client.createEnrollmentToken(wanted, caller);
      tokens.set(caller.tenant, made.enrollmentToken?.token ?? "");
    }
  });
  after(async () => {
    await service?.stop();
    await rm(folder, { recursive: true });
  });

  type Caller = typeof ATTESTED | typeof PLAIN;
  const enrollUrl = ({ tenant }: Caller) => `${ORIGIN}/apple/enroll/${tokens.get(tenant)}`;
  /** What the profile behind a token has a device ask for. */
  const newRequest = async ({ tenant }: Caller): Promise<AcmeRequest> => {
    const answer = await fetch(`${service.url}/apple/enroll/${tokens.get(tenant)}`);
    const { request } = acmeWishIn(Buffer.from(await answer.arrayBuffer()));
    return { ...request, key: await makeEcKey(), attest: undefined };
  };
  const open = async (request: AcmeRequest) =>
    AcmeSession.open(doorTo(service), request.directoryUrl, await makeEcKey());
  const attest = (request: AcmeRequest, token: string, of = facts, by = attestor) =>
    by.attest(request.key.publicKey, token, of);
  const registered = async ({ hardware }: SimulatedAppleDevice, caller: Caller) => {
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
    const device = deviceAt(t, service, "iPad", { seed: "acme ota", attestor, factory: await factory });
    await device.enrollOverTheAir(`${ORIGIN}/apple/ota/${tokens.get("attested")}`);
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
    await assert.rejects(finalize(session, ordered, { ...request, key: await makeEcKey() }), { problem: "badCSR" });
    assert.ok(await finalize(session, ordered, request));
    assert.equal(
      (await service.events("EnrollmentRefused")).some(({ body }) => body.code === "apple.not_attested"),
      true,
    );
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
    const elsewhere = other.directoryUrl.replace("/plain/", "/attested/");
    await assert.rejects(open({ ...other, directoryUrl: elsewhere }), { status: 404 });
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
    await ask({ nonce: "never told" })({ problem: "badNonce" });
    await ask({ url: newAccount })({ status: 403, problem: "unauthorized" });
    await ask({ key: await makeEcKey() })({ problem: "malformed" });
    await ask({ kid: undefined })({ problem: "malformed" });
    await ask({ kid: `${account}x` })({ problem: "accountDoesNotExist" });
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

  it("is chosen by tenants, and attestation only where it is known whom to believe", async () => {
    const { appleIdentity } = await service.appleIdentity.getAppleIdentity({}, { ...PLAIN, tenant: "untold" });
    assert.equal(appleIdentity?.way, AppleIdentityWay.APPLE_IDENTITY_WAY_SCEP);
    await assert.rejects(service.appleIdentity.setAppleIdentity({ appleIdentity: undefined }, PLAIN), {
      code: "apple.bad_identity_way",
    });
  });
});

const idIn = (url: string): string => url.split("/").at(-1) ?? "";
