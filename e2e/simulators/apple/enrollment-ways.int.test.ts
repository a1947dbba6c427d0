import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { describe, it } from "node:test";
import { envelopedDataFor } from "./crypto/enveloped-data.ts";
import { openSignedData } from "./crypto/signed-data.ts";
import { tokenFromRedirect } from "./enrollment/account-driven.ts";
import { makeDeviceAuthority } from "./hardware/device-authority.ts";
import { type Plist, plistOf } from "./plist/plist-value.ts";
import { readPlist } from "./plist/read-plist.ts";
import { writePlist } from "./plist/write-plist.ts";
import { testDevice } from "./testing/test-device.ts";
import { PROFILE_HEADERS, type TinyReply, tinyMdmServer } from "./testing/tiny-mdm-server.ts";
import { openAppleDoor } from "./wire/apple-door.ts";

const factory = await makeDeviceAuthority();
const JSON_HEADERS = { "content-type": "application/json" } as const;
const profileReply = (body: Buffer | string): TinyReply => ({ headers: PROFILE_HEADERS, body });
const parse = (content: Buffer): Plist => plistOf(readPlist(content));
const issuerOf = (certificate: Buffer | undefined): string => new X509Certificate(certificate ?? "").issuer;
const APPLE_ISSUER = "C=US\nO=Apple Inc.\nOU=Apple iPhone\nCN=Apple iPhone Device CA";

describe("over-the-air enrollment", () => {
  it("vouches with the factory's certificate first and with the server's own then", async (t) => {
    const server = await tinyMdmServer(t);
    const device = testDevice(t, "iPhone", { ca: server.ca, factory });
    const told: { issuer: string; attributes: Plist }[] = [];
    server.answers.reply = ({ path }, raw) => {
      if (path === "/ota")
        return profileReply(
          server.signed(
            Buffer.from(
              writePlist({
                PayloadType: "Profile Service",
                PayloadVersion: 1,
                PayloadContent: {
                  URL: `${server.url}/ota/phase`,
                  DeviceAttributes: ["UDID", "SERIAL", "VERSION", "PRODUCT"],
                  Challenge: "a challenge",
                },
              }),
            ),
          ),
        );
      if (path !== "/ota/phase") return undefined;
      const { signer, content } = openSignedData(raw);
      const issuer = issuerOf(signer);
      told.push({ issuer, attributes: parse(content) });
      if (issuer === APPLE_ISSUER) return profileReply(server.profile());
      assert.ok(signer);
      return profileReply(envelopedDataFor(signer, server.profile(), "aes-256-cbc"));
    };
    await device.enrollOverTheAir(`${server.url}/ota`);
    assert.deepEqual(
      told.map(({ issuer }) => issuer),
      [APPLE_ISSUER, "O=Test\nCN=Test SCEP CA"],
    );
    const { udid, serial, model, os } = device.hardware;
    for (const { attributes } of told)
      assert.deepEqual(attributes, {
        UDID: udid,
        SERIAL: serial,
        VERSION: os.build,
        PRODUCT: model.product,
        CHALLENGE: "a challenge",
        LANGUAGE: "en",
      });
    assert.equal(device.ledger.count("certificate"), 2);
    assert.equal(device.ledger.of("enrolled")[0]?.how, "over the air");
  });
});

describe("automated enrollment", () => {
  it("says what the device is, is supervised, and waits until it is configured", async (t) => {
    const server = await tinyMdmServer(t);
    const device = testDevice(t, "iPad", { ca: server.ca, factory });
    const told: Plist[] = [];
    server.answers.reply = ({ path, headers }, raw) => {
      if (path !== "/ade") return undefined;
      assert.equal(headers["content-type"], "application/pkcs7-signature");
      const { signer, content, certificates } = openSignedData(raw);
      assert.equal(issuerOf(signer), APPLE_ISSUER);
      assert.equal(certificates.length, 3);
      told.push(parse(content));
      return profileReply(server.profile());
    };
    const profile = { url: `${server.url}/ade`, supervised: true, awaitDeviceConfigured: true };
    await device.enrollAutomated(profile);
    assert.equal(told[0]?.["SERIAL"], device.hardware.serial);
    assert.equal(server.checkins.all().at(-1)?.message["AwaitingConfiguration"], true);
    const configured = [server.enqueue("DeviceConfigured"), server.enqueue("DeviceConfigured")];
    await device.poll();
    assert.equal((await server.report(configured[0] ?? ""))["Status"], "Acknowledged");
    assert.equal((await server.report(configured[1] ?? ""))["Status"], "Error");
    await device.updateToken();
    assert.equal(server.checkins.all().at(-1)?.message["AwaitingConfiguration"], undefined);
    assert.equal(device.state.supervised, true);
  });

  it("updates its system first when the server wants a newer one", async (t) => {
    const server = await tinyMdmServer(t);
    const device = testDevice(t, "iPhone", { ca: server.ca, factory });
    server.answers.reply = ({ path }, raw) => {
      if (path !== "/ade") return undefined;
      if (parse(openSignedData(raw).content)["OS_VERSION"] === "18.2") return profileReply(server.profile());
      const details = { OSVersion: "18.2", BuildVersion: "22C152" };
      const body = JSON.stringify({ code: "com.apple.softwareupdate.required", details });
      return { status: 403, headers: JSON_HEADERS, body };
    };
    await device.enrollAutomated({ url: `${server.url}/ade`, supervised: true, awaitDeviceConfigured: false });
    assert.equal(server.checkins.all()[0]?.message["OSVersion"], "18.2");
  });

  it("shows itself to a web page where its organization has one, and is refused as any other", async (t) => {
    const server = await tinyMdmServer(t);
    const device = testDevice(t, "Mac", { ca: server.ca, factory });
    let status = 403;
    server.answers.reply = ({ path, headers }) => {
      if (path !== "/web") return undefined;
      const header = Buffer.from(String(headers["x-apple-aspen-deviceinfo"]), "base64");
      assert.equal(parse(openSignedData(header).content)["UDID"], device.hardware.udid);
      return status === 200 ? profileReply(server.profile()) : { status };
    };
    const profile = {
      url: `${server.url}/ade`,
      configurationWebUrl: `${server.url}/web`,
      supervised: true,
      awaitDeviceConfigured: false,
    };
    await assert.rejects(device.enrollAutomated(profile), { status: 403 });
    assert.equal(device.enrollment, undefined);
    status = 200;
    await device.enrollAutomated(profile);
    assert.equal(device.state.enrolledViaDep, true);
  });
});

describe("account-driven enrollment", () => {
  const accountServer = async (t: Parameters<typeof tinyMdmServer>[0], mode: "BYOD" | "ADDE") => {
    const server = await tinyMdmServer(t);
    const tokens = { good: "first" };
    const told: string[] = [];
    server.answers.reply = ({ path, headers }, raw) => {
      const { pathname, searchParams } = new URL(path, server.url);
      if (pathname === "/.well-known/com.apple.remotemanagement") {
        assert.equal(searchParams.get("user-identifier"), "ada@example.org");
        const Servers = [{ Version: mode === "BYOD" ? "mdm-byod" : "mdm-adde", BaseURL: `${server.url}/account` }];
        return { headers: JSON_HEADERS, body: JSON.stringify({ Servers }) };
      }
      if (pathname === "/login")
        return {
          status: 308,
          headers: {
            location: `apple-remotemanagement-user-login://authentication-results?access-token=${tokens.good}`,
          },
        };
      if (pathname === "/scep") return undefined;
      if (headers.authorization !== `Bearer ${tokens.good}`)
        return {
          status: 401,
          headers: { "www-authenticate": `Bearer method="apple-as-web" url="${server.url}/login"` },
        };
      if (pathname !== "/account") return undefined;
      assert.equal(issuerOf(openSignedData(raw).signer), APPLE_ISSUER);
      told.push(raw.toString("latin1"));
      return profileReply(server.profile({ EnrollmentMode: mode, AssignedManagedAppleID: "ada@example.org" }));
    };
    const door = openAppleDoor({ ca: server.ca });
    t.after(() => door.close());
    const signIn = async (url: string): Promise<string | undefined> =>
      tokenFromRedirect(await door.send({ method: "GET", url }));
    return { server, tokens, told, enrollment: { origin: server.url, account: "ada@example.org", mode, signIn } };
  };

  it("tells of a personal device nothing that says which one it is", async (t) => {
    const { server, told, enrollment } = await accountServer(t, "BYOD");
    const device = testDevice(t, "iPhone", { ca: server.ca, factory });
    await device.enrollByAccount(enrollment);
    const uuid = server.enqueue("DeviceInformation", { Queries: ["UDID", "SerialNumber", "PhoneNumber", "OSVersion"] });
    const erase = server.enqueue("EraseDevice");
    await device.poll();
    assert.deepEqual(Object.keys((await server.report(uuid))["QueryResponses"] as Plist), ["OSVersion"]);
    assert.equal((await server.report(erase))["Status"], "Error");
    const { udid, serial, imei } = device.hardware;
    const heard = [...server.checkins.all(), ...server.reports.all()].map(({ message }) => JSON.stringify(message));
    for (const secret of [udid, serial, imei ?? "no cellular modem"])
      assert.ok(![...heard, ...told].some((text) => text.includes(secret)), secret);
    assert.ok(server.checkins.all().every(({ message }) => typeof message["EnrollmentID"] === "string"));
  });

  it("shows its token with every message, and gets a new one by signing in when it is no longer good", async (t) => {
    const { server, tokens, enrollment } = await accountServer(t, "ADDE");
    const device = testDevice(t, "iPhone", { ca: server.ca, factory });
    await device.enrollByAccount(enrollment);
    assert.equal(server.checkins.all().at(-1)?.message["UDID"], device.hardware.udid);
    tokens.good = "second";
    const uuid = server.enqueue("ProfileList");
    await device.poll();
    assert.equal((await server.report(uuid))["Status"], "Acknowledged");
    assert.equal(server.reports.all().at(-1)?.headers.authorization, "Bearer second");
    assert.notEqual(device.enrollment, undefined);
  });

  it("is over when the person does not sign in, or the domain names no server", async (t) => {
    const { server, enrollment } = await accountServer(t, "BYOD");
    const device = testDevice(t, "iPhone", { ca: server.ca, factory });
    const gaveUp = { ...enrollment, signIn: async () => undefined };
    await assert.rejects(device.enrollByAccount(gaveUp), { status: 401 });
    await assert.rejects(device.enrollByAccount({ ...enrollment, mode: "ADDE" }), /names no server for mdm-adde/);
    assert.equal(device.enrollment, undefined);
  });
});
