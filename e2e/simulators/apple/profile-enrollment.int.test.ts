import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { describe, it } from "node:test";
import type { Plist } from "./plist/plist-value.ts";
import { testDevice } from "./testing/test-device.ts";
import { TINY_PROFILE } from "./testing/tiny-mdm-profile.ts";
import { type TinyMdmServer, tinyMdmServer } from "./testing/tiny-mdm-server.ts";

const saidTo = (server: TinyMdmServer): unknown[] => server.checkins.all().map(({ message }) => message["MessageType"]);

describe("a device with an enrollment profile", () => {
  it("gets its identity by SCEP, tells who it is and where pushes go, and signs what it says", async (t) => {
    const server = await tinyMdmServer(t);
    const device = testDevice(t, "iPhone", { ca: server.ca });
    await device.enrollFrom(`${server.url}/enroll`);
    assert.deepEqual(saidTo(server), ["Authenticate", "TokenUpdate"]);
    const [first, second] = server.checkins.all();
    assert.equal(first?.method, "PUT");
    assert.equal(first.headers["content-type"], "application/x-apple-aspen-mdm-checkin");
    assert.deepEqual(first.signer, device.enrollment?.identity.certificate);
    const { UDID, SerialNumber, ProductName, IMEI, Topic } = first.message;
    const { udid, serial, model, imei } = device.hardware;
    assert.deepEqual(
      [UDID, SerialNumber, ProductName, IMEI, Topic],
      [udid, serial, model.product, imei, "com.apple.mgmt.External.test"],
    );
    assert.deepEqual(second?.message["Token"], device.channel.pushToken);
    assert.equal(second.message["PushMagic"], device.channel.pushMagic);
    assert.deepEqual(second.message["UnlockToken"], device.state.unlockToken);
    assert.deepEqual([...device.state.profiles.keys()], [TINY_PROFILE]);
  });

  it("puts its own values into the subject on a Mac only, and escrows no keybag there", async (t) => {
    const server = await tinyMdmServer(t);
    const mac = testDevice(t, "Mac", { ca: server.ca });
    await mac.enrollFrom(`${server.url}/enroll`);
    const subject = new X509Certificate(mac.enrollment?.identity.certificate ?? "").subject;
    assert.equal(subject, `O=Test\nCN=${mac.hardware.serial}`);
    assert.equal(server.checkins.all()[1]?.message["UnlockToken"], undefined);
  });

  it("shows its certificate in the handshake where messages are not to be signed", async (t) => {
    const server = await tinyMdmServer(t);
    const device = testDevice(t, "iPad", { ca: server.ca });
    await device.enrollWith(server.profile({ SignMessage: false }));
    const [first] = server.checkins.all();
    assert.equal(first?.headers["mdm-signature"], undefined);
    assert.deepEqual(first?.signer, device.enrollment?.identity.certificate);
  });

  it("speaks SCEP by GET with SHA-1 and 3DES to an authority that can no better", async (t) => {
    const server = await tinyMdmServer(t);
    server.scep.capabilities = "DES3\nSHA-1";
    const device = testDevice(t, "iPhone", { ca: server.ca });
    await device.enrollFrom(`${server.url}/enroll`);
    assert.notEqual(device.enrollment, undefined);
  });

  it("does not enroll without a right challenge, with another authority, or when Authenticate is refused", async (t) => {
    const server = await tinyMdmServer(t);
    const device = testDevice(t, "iPhone", { ca: server.ca });
    const used = server.profile();
    server.scep.challenges.clear();
    await assert.rejects(device.enrollWith(used), { name: "Error", failInfo: "2" });
    const other = await tinyMdmServer(t);
    const mixed = Buffer.from(other.profile().toString().replaceAll(`${other.url}/scep`, `${server.url}/scep`));
    await assert.rejects(device.enrollWith(mixed), /not the one that the profile names/);
    server.answers.reply = ({ message }) => (message["MessageType"] === "Authenticate" ? { status: 503 } : undefined);
    await assert.rejects(device.enrollWith(server.profile()), { status: 503 });
    assert.equal(device.enrollment, undefined);
    assert.deepEqual(saidTo(server), ["Authenticate"]);
  });

  it("believes no profile whose signature is wrong", async (t) => {
    const server = await tinyMdmServer(t);
    const device = testDevice(t, "iPhone", { ca: server.ca });
    const profile = server.signed(server.profile());
    profile.write("X", profile.indexOf("Management"));
    await assert.rejects(device.enrollWith(profile), /not what was signed/);
  });

  it("renews its identity by the same profile, tells both messages again, and reports with the new one", async (t) => {
    const server = await tinyMdmServer(t);
    const device = testDevice(t, "iPhone", { ca: server.ca });
    await device.enrollFrom(`${server.url}/enroll`);
    const [old, magic] = [device.enrollment?.identity.certificate, device.channel.pushMagic];
    const uuid = server.enqueue("InstallProfile", { Payload: server.signed(server.profile()) });
    await device.poll();
    assert.equal((await server.report(uuid))["Status"], "Acknowledged");
    assert.deepEqual(saidTo(server), ["Authenticate", "TokenUpdate", "Authenticate", "TokenUpdate"]);
    const renewed = device.enrollment?.identity.certificate;
    assert.notDeepEqual(renewed, old);
    assert.deepEqual(server.reports.all().at(-1)?.signer, renewed);
    assert.equal(server.checkins.all().at(-1)?.message["PushMagic"], magic);
    assert.equal(device.ledger.count("renewed"), 1);
  });

  it("does not take a renewal that changes what is fixed for life", async (t) => {
    const server = await tinyMdmServer(t);
    const device = testDevice(t, "iPhone", { ca: server.ca });
    await device.enrollWith(server.profile({ AccessRights: 3 }));
    const tries: Plist[] = [
      { AccessRights: 19 },
      { AccessRights: 3, Topic: "com.apple.mgmt.other" },
      { AccessRights: 3, ServerCapabilities: [] },
      { AccessRights: 3, ServerURL: `${server.url}/elsewhere` },
    ];
    for (const mdm of tries) {
      const uuid = server.enqueue("InstallProfile", { Payload: server.profile(mdm) });
      await device.poll();
      const { Status, ErrorChain } = await server.report(uuid);
      assert.deepEqual([Status, (ErrorChain as Plist[])[0]?.["ErrorCode"]], ["Error", 12012]);
    }
    assert.deepEqual(saidTo(server), ["Authenticate", "TokenUpdate"]);
  });

  it("checks out when its holder or a command removes the profile, and is silent from then on", async (t) => {
    const server = await tinyMdmServer(t);
    for (const by of ["holder", "command"]) {
      const device = testDevice(t, "iPad", { ca: server.ca });
      await device.enrollFrom(`${server.url}/enroll`);
      server.enqueue("RemoveProfile", { Identifier: TINY_PROFILE });
      await (by === "holder" ? device.removeManagement() : device.poll());
      assert.equal(device.enrollment, undefined);
      assert.equal(saidTo(server).at(-1), "CheckOut");
      assert.equal(device.state.profiles.size, 0);
      const before = server.reports.all().length;
      device.channel.pushed();
      await device.poll();
      assert.equal(server.reports.all().length, before);
    }
  });

  it("leaves when the server says that it does not know it, and stays for any other refusal", async (t) => {
    const server = await tinyMdmServer(t);
    const device = testDevice(t, "iPhone", { ca: server.ca });
    await device.enrollFrom(`${server.url}/enroll`);
    for (const status of [400, 401, 403, 500]) {
      server.answers.reply = ({ path }) => (path === "/connect" ? { status } : undefined);
      await device.poll();
    }
    assert.deepEqual(
      device.ledger.of("refused").map(({ status }) => status),
      [400, 401, 403, 500],
    );
    assert.notEqual(device.enrollment, undefined);
    const body = JSON.stringify({ code: "com.apple.unrecognized.device" });
    server.answers.reply = () => ({ status: 403, headers: { "content-type": "application/json" }, body });
    await device.poll();
    assert.equal(device.enrollment, undefined);
  });

  it("is another enrollment after an erasure, with another token and none of its old profiles", async (t) => {
    const server = await tinyMdmServer(t);
    const device = testDevice(t, "iPhone", { ca: server.ca });
    await device.enrollFrom(`${server.url}/enroll`);
    const magic = device.channel.pushMagic;
    await device.eraseByHand();
    await device.enrollFrom(`${server.url}/enroll`);
    assert.notEqual(device.channel.pushMagic, magic);
    assert.equal(device.ledger.count("enrolled"), 2);
    assert.deepEqual(saidTo(server), ["Authenticate", "TokenUpdate", "Authenticate", "TokenUpdate"]);
  });
});
