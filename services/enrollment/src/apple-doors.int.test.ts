import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { SecretKind } from "@muster/contracts/gen/muster/enrollment/v1/apple";
import { EscrowSecretRequest } from "@muster/contracts/gen/muster/enrollment/v1/apple_service";
import { Ownership } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import { AppleDeviceToImport } from "@muster/contracts/gen/muster/enrollment/v1/import_service";
import { AccountTokenSigner } from "@muster/device-identity/account-token";
import { makeRsaKey } from "@muster/e2e/simulators/apple/crypto/key-pair";
import { makeDeviceAuthority } from "@muster/e2e/simulators/apple/hardware/device-authority";
import { v7 as newId } from "uuid";
import type { AccountSignIn } from "./domain/accounts/account-sign-in.ts";
import { putSignIn } from "./storage/account-sign-ins.ts";
import { deviceAt, machineInfoOf } from "./testing/apple-devices.ts";
import { AppleTenant } from "./testing/apple-tenant.ts";
import { accountSignIn } from "./testing/builders.ts";
import { newHost, osqueryBody } from "./testing/hosts.ts";
import { acme, ORIGIN } from "./testing/running-service.ts";
import { byScepclient, byStrongswan, missing } from "./testing/scep-clients.ts";

const OLD_SYSTEM = { family: "iOS", marketingName: "iOS 17.7.1", version: "17.7.1", build: "21H216" } as const;
const HOUR_MS = 3_600_000;

describe("Apple's doors of enrollment", () => {
  let apple: AppleTenant;
  before(async () => {
    apple = await AppleTenant.start();
  });
  after(() => apple?.stop());

  it("give a certificate for a challenge once", async () => {
    const request = await apple.newRequest();
    const { certificate } = await apple.certify(request);
    assert.match(new X509Certificate(certificate).subjectAltName ?? "", /^URI:urn:muster:apple:acme:/);
    await assert.rejects(apple.certify({ ...request, key: await makeRsaKey(2048) }), { failInfo: "2" });
    await assert.rejects(apple.certify({ ...request, challenge: "guessed" }), { failInfo: "2" });
  });

  it("renew a certificate that the device signs with, and tell of it when the device comes with the new one", async (t) => {
    const device = deviceAt(t, apple.service, "Mac", { seed: "doors-renewal" });
    await device.enrollFrom(apple.enrollUrl());
    const before = await apple.registered(device);
    const { identity } = device.enrollment ?? assert.fail();
    const request = { ...(await apple.newRequest()), challenge: undefined };
    const next = await apple.certify({ ...request, key: await makeRsaKey(2048), renewing: identity });
    assert.equal((await apple.registered(device)).certificateSerial, before.certificateSerial);
    device.misbehaviour.signsAs = next;
    await device.enrollment?.connection.checkin({
      MessageType: "Authenticate",
      UDID: device.hardware.udid,
      Topic: device.enrollment.profile.mdm.topic,
    });
    const after = await apple.registered(device);
    assert.equal(after.certificateSerial, new X509Certificate(next.certificate).serialNumber.toLowerCase());
    assert.deepEqual(after.generations, before.generations);
    assert.equal((await apple.told("IdentityRenewed", after)).length, 1);
    // One that nobody here issued renews nothing.
    const own = await apple.factory.identityOf(device.hardware);
    await assert.rejects(apple.certify({ ...request, key: await makeRsaKey(2048), renewing: own }), { failInfo: "2" });
  });

  it("believe a certificate about its own device only", async (t) => {
    const [one, other] = [
      deviceAt(t, apple.service, "iPhone", { seed: "doors-one" }),
      deviceAt(t, apple.service, "iPad", { seed: "doors-other" }),
    ];
    await one.enrollFrom(apple.enrollUrl());
    await other.enrollFrom(apple.enrollUrl());
    one.misbehaviour.claimsToBe = other.hardware.udid;
    await assert.rejects(one.updateToken(), { status: 403, code: "" });
    delete one.misbehaviour.claimsToBe;
    const foreign = other.enrollment?.identity;
    if (foreign !== undefined) one.misbehaviour.signsAs = foreign;
    await assert.rejects(one.updateToken(), { status: 403, code: "" });
    delete one.misbehaviour.signsAs;
    one.misbehaviour.breaksSignature = true;
    await assert.rejects(one.updateToken(), { status: 403 });
    delete one.misbehaviour.breaksSignature;
    const device = await apple.registered(one);
    const before = await apple.told("DeviceEnrolled", device);
    await one.updateToken();
    await one.updateToken();
    assert.deepEqual(await apple.told("DeviceEnrolled", device), before);
    assert.equal((await apple.told("PushTokenChanged", device)).length, 1);
    // Later it is another message: the token is good, whatever the push service says of it.
    await apple.service.data.database.system((work) =>
      work.sql
        .updateTable("apple_channels")
        .set({ updated_at: new Date(Date.now() - 2 * 60_000) })
        .where("device_id", "=", device.deviceId)
        .execute(),
    );
    await one.updateToken();
    assert.equal((await apple.told("PushTokenChanged", device)).length, 2);
  });

  it("let a device in over the air that its maker vouches for, and go through the phases in their order", async (t) => {
    const device = deviceAt(t, apple.service, "iPhone", { seed: "doors-ota", factory: apple.factory });
    await device.enrollOverTheAir(`${ORIGIN}/apple/ota/${apple.token}`);
    assert.equal((await apple.registered(device)).apple?.udid, device.hardware.udid);
    const begun = Buffer.from(await (await fetch(`${apple.service.url}/apple/ota/${apple.token}`)).arrayBuffer());
    const challenge = /<key>Challenge<\/key>\s*<string>([^<]+)/.exec(begun.toString("latin1"))?.[1];
    // What opens the first phase is no right to a certificate.
    await assert.rejects(apple.certify({ ...(await apple.newRequest()), challenge }), { failInfo: "2" });
    const nonsense = await fetch(`${apple.service.url}/apple/ota/phase`, { method: "POST", body: "nonsense" });
    assert.equal(nonsense.status, 400);
  });

  it("give a directory's users channels of their own, and no token for Apple where no server is known to it", async (t) => {
    const device = deviceAt(t, apple.service, "Mac", { seed: "doors-directory" });
    await device.enrollFrom(apple.enrollUrl());
    const channel = (await device.signInFromDirectory("grace")) ?? assert.fail("the user is not managed");
    const entry = await apple.registered(device);
    assert.deepEqual(
      entry.apple?.users.map(({ shortName }) => shortName),
      [channel.name],
    );
    await assert.rejects(device.fetchServiceToken("com.apple.maid"), { status: 400 });
    assert.equal(await device.fetchReturnToService(), undefined);
  });

  it("know a Mac that runs osquery as one device, whichever came first and though each names it in its way", async (t) => {
    const secret = "a-secret-of-the-osquery-on-Macs";
    const { enrollSecret } = await apple.service.client.createEnrollSecret(
      { name: "osquery", secret, ownership: Ownership.OWNERSHIP_CORPORATE, expiresAt: undefined },
      acme,
    );
    assert.ok(enrollSecret);
    for (const first of ["osquery", "apple"]) {
      const mac = deviceAt(t, apple.service, "Mac", { seed: `doors-${first}-first` });
      const { serial, udid } = mac.hardware;
      const host = newHost({ uuid: udid, serial, hostname: mac.state.hostName });
      if (first === "apple") await mac.enrollFrom(apple.enrollUrl());
      assert.equal((await apple.service.post("/api/osquery/enroll", osqueryBody(secret, host))).status, 200);
      if (first === "osquery") await mac.enrollFrom(apple.enrollUrl());
      const { generations } = await apple.registered(mac);
      assert.deepEqual(generations, { apple: 1, osquery: 1 });
    }
  });

  it("keep secrets in escrow, and tell who reads them", async (t) => {
    const device = deviceAt(t, apple.service, "Mac", { seed: "doors-escrow" });
    await device.enrollFrom(apple.enrollUrl());
    const { deviceId } = await apple.registered(device);
    const kind = SecretKind.SECRET_KIND_RECOVERY_LOCK_PASSWORD;
    const value = "correct horse";
    const first = await apple.service.appleDevices.escrowSecret(
      EscrowSecretRequest.fromPartial({ deviceId, kind, value }),
      acme,
    );
    const again = await apple.service.appleDevices.escrowSecret(
      EscrowSecretRequest.fromPartial({ deviceId, kind, value }),
      acme,
    );
    assert.equal(again.secret?.id, first.secret?.id);
    const { secret } = await apple.reveal(deviceId, kind);
    assert.equal(secret?.value, value);
    const [read] = await apple.told("SecretRead", { deviceId });
    assert.equal(read?.actor, acme.actor);
    assert.equal(JSON.stringify(await apple.service.events("SecretRead")).includes(value), false);
    await assert.rejects(
      apple.service.appleDevices.revealSecret(
        { deviceId, kind, purpose: "", provenOnly: false },
        { ...acme, tenant: "other" },
      ),
      { code: "enrollment.secret_not_escrowed" },
    );
  });

  it("want to see that somebody is signed in where an account leads", async (t) => {
    const signer = new AccountTokenSigner(apple.service.nodeKey);
    const grant = {
      tenant: "acme",
      enrollmentId: newId(),
      ownership: "personal",
      account: "ada@example.org",
      expiresAt: new Date(Date.now() + HOUR_MS),
    } as const;
    const signIn = accountSignIn("ios", "18.1");
    const { database } = apple.service.data;
    const keep = (changes: Partial<AccountSignIn>) =>
      database.system((work) => putSignIn(work.sql, { signIn: { ...signIn, ...changes }, clientSecret: undefined }));
    await keep({});
    const device = deviceAt(t, apple.service, "iPhone", { seed: "doors-account", given: { os: OLD_SYSTEM } });
    const path = `${apple.service.url}/apple/account/byod?domain=example.org`;
    const info = () => machineInfoOf(device, apple.factory, true);
    const enroll = async (authorization: string, url = path, body?: Buffer) =>
      fetch(url, { method: "POST", headers: { authorization }, body: body ?? (await info()) });
    // First who it is and what it runs, then who its person is.
    assert.equal((await enroll("", path, Buffer.from("no signature"))).status, 400);
    assert.equal((await enroll("", path, await machineInfoOf(device, await makeDeviceAuthority(), true))).status, 403);
    assert.equal((await enroll("", path.replace("example.org", "else.org"))).status, 403);
    const old = await enroll("");
    assert.deepEqual(await old.json(), {
      code: "com.apple.softwareupdate.required",
      details: { OSVersion: "18.1", RequireBetaProgram: { Description: "A beta", Token: "seed" } },
    });
    device.state.os = { ...device.state.os, version: "18.1" };
    const nobody = await enroll("");
    assert.equal(nobody.status, 401);
    assert.match(nobody.headers.get("www-authenticate") ?? "", /^Bearer method="apple-as-web" url="https:/);
    const token1 = `Bearer ${signer.issue(grant)}`;
    assert.equal((await enroll(token1, path.replace("byod", "adde"))).status, 403);
    // An account belongs to whoever has its domain now.
    await keep({ domains: ["example.net"] });
    assert.equal((await enroll(token1)).status, 403);
    await keep({});
    const profile = await enroll(token1);
    assert.equal(profile.status, 200);
    assert.equal((await enroll(token1)).status, 403);

    const content = Buffer.from(await profile.arrayBuffer());
    // Without the token that its profile came with, the device is sent to sign in.
    await assert.rejects(device.enrollWith(content), { status: 401 });
  });

  it("hear that a device leaves on which nobody is signed in any more", async (t) => {
    const expiresAt = new Date(Date.now() + HOUR_MS);
    const grant = { tenant: "acme", enrollmentId: newId(), ownership: "personal", account: "ada@leaving.org" } as const;
    const token = new AccountTokenSigner(apple.service.nodeKey).issue({ ...grant, expiresAt });
    const signIn = { ...accountSignIn("ios", "18.1"), domains: ["leaving.org"] };
    await apple.service.data.database.system((work) => putSignIn(work.sql, { signIn, clientSecret: undefined }));
    const device = deviceAt(t, apple.service, "Mac", { seed: "doors-leaving", misbehaviour: { showsToken: token } });
    const profile = await fetch(`${apple.service.url}/apple/account/byod?domain=leaving.org`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      body: await machineInfoOf(device, apple.factory, true),
    });
    await device.enrollWith(Buffer.from(await profile.arrayBuffer()));
    device.misbehaviour.showsToken = "one that has ended";
    await assert.rejects(device.updateToken(), { status: 401 });
    await device.removeManagement();
    const [left] = await apple.service.events("DeviceUnenrolled");
    assert.equal(left?.body.enrollment.apple.enrollmentId, grant.enrollmentId);
  });

  it("take over what another server knew of a device, but no bootstrap token for one that nobody vouches for", async (t) => {
    const device = deviceAt(t, apple.service, "Mac", { seed: "doors-import" });
    const { serial, udid } = device.hardware;
    const devices = [
      { udid, serialNumber: "", diskRecoveryKey: "AAAA-BBBB", bootstrapToken: Buffer.from("token") },
      { udid: "", serialNumber: "" },
    ].map((each) => AppleDeviceToImport.fromPartial(each));
    const { results } = await apple.service.imports.importAppleDevices({ source: "Old MDM", devices }, acme);
    assert.deepEqual(
      results.map(({ errorCode }) => errorCode),
      ["", "import.bad_device"],
    );
    await device.enrollFrom(apple.enrollUrl());
    const { deviceId } = await apple.registered(device);
    const kind = SecretKind.SECRET_KIND_DISK_RECOVERY_KEY;
    const { secret } = await apple.reveal(deviceId, kind);
    assert.equal(secret?.value, "AAAA-BBBB");
    const list = async () =>
      (await apple.service.imports.listImportedAppleDevices({ waitingOnly: false, pageSize: 10, pageToken: "" }, acme))
        .importedDevices;
    const [arrived] = await list();
    assert.equal(arrived?.deviceId, deviceId);
    assert.deepEqual(arrived?.waitingSecrets, [SecretKind.SECRET_KIND_BOOTSTRAP_TOKEN]);
    // A device that is here already has its secrets at once.
    const late = AppleDeviceToImport.fromPartial({ serialNumber: serial, diskRecoveryKey: "CCCC-DDDD" });
    await apple.service.imports.importAppleDevices({ source: "Old MDM", devices: [late] }, acme);
    const newest = await apple.reveal(deviceId, kind);
    assert.equal(newest.secret?.value, "CCCC-DDDD");
    assert.ok((await list()).every((each) => each.deviceId === deviceId));
  });

  for (const [client, enroll, packages] of [
    ["scepclient", byScepclient, "scep"],
    ["pki", byStrongswan, "strongswan-pki libstrongswan-extra-plugins"],
  ] as const)
    it(`serve ${client} of Debian`, { skip: missing(client, packages) }, async () => {
      const { challenge = "", key } = await apple.newRequest();
      const url = `${apple.service.url}/apple/scep`;
      const certificate = await enroll({ url, challenge, folder: apple.folder, key: key.privateKey });
      assert.ok(certificate.checkPrivateKey(key.privateKey));
    });
});
