import assert from "node:assert/strict";
import { createPublicKey } from "node:crypto";
import { describe, it } from "node:test";
import { signData } from "@muster/apple-protocol/cms/sign-data";
import { payload } from "@muster/apple-protocol/mdm/payload";
import { type WritableDict, writePlist } from "@muster/apple-protocol/plist/write-plist";
import { newRsaKey, testAuthority, testLeaf } from "@muster/apple-protocol/testing/test-authority";
import { wifiConfig, wifiProfile } from "../../testing/mobileconfigs.ts";
import { readContent } from "./profile-draft.ts";

const anywhere = { userChannel: false, platforms: [] };

const read = (profile: WritableDict, purpose: Partial<Parameters<typeof readContent>[1]> = {}) =>
  readContent(writePlist(profile), { ...anywhere, ...purpose });

const of = (type: string, keys: WritableDict = {}): WritableDict =>
  wifiProfile("a", {}, { PayloadContent: [payload(type, { identifier: "a.b", uuid: "1" }, keys)] });

const paths = ({ problems }: ReturnType<typeof readContent>) => problems.map(({ path }) => path);

describe("a mobileconfig", () => {
  it("is taken as it is, or signed, and then says by whom", () => {
    const plain = wifiConfig("example.wifi", { SSID_STR: "$MUSTER_DEVICE_ID at $MUSTER_DEVICE_NAME" });
    const { identifier, payloadTypes, problems, signer, variables } = readContent(plain, anywhere);
    assert.deepEqual(
      [problems, signer, identifier, payloadTypes, variables],
      [[], "", "example.wifi", ["com.apple.wifi.managed"], ["MUSTER_DEVICE_ID", "MUSTER_DEVICE_NAME"]],
    );
    const key = newRsaKey();
    const identity = testLeaf(testAuthority(), key, createPublicKey(key));
    const signed = signData({ content: plain, ...identity, signingTime: new Date() });
    const unwrapped = readContent(signed, anywhere);
    assert.deepEqual(unwrapped.problems, []);
    assert.notEqual(unwrapped.signer, "");
    assert.deepEqual(unwrapped.profile, readContent(plain, anywhere).profile);
    const broken = Buffer.from(signed);
    broken[broken.indexOf("a secret of the office")] = 0x41;
    assert.match(readContent(broken, anywhere).problems[0]?.message ?? "", /signature/);
  });

  it("that is none is refused, and so is one that is too large or empty", () => {
    for (const content of ["", "no plist", "<plist><array/></plist>", " ".repeat(1024 * 1024 + 1)])
      assert.equal(readContent(Buffer.from(content), anywhere).problems.length, 1, content.slice(0, 40));
  });

  it("that a device would put in the place of its enrollment profile is refused", () => {
    assert.deepEqual(paths(read(wifiProfile("muster.enrollment"))), ["PayloadIdentifier"]);
  });

  it("is told everything that is wrong with it at once, with its place", () => {
    const wrong = wifiProfile(
      "a",
      { PayloadIdentifier: "a", PayloadVersion: 3, PayloadUUID: "" },
      { PayloadScope: "All" },
    );
    assert.deepEqual(paths(read(wrong)), [
      "PayloadScope",
      "PayloadContent[0].PayloadUUID",
      "PayloadContent[0].PayloadVersion",
      "PayloadContent[0].PayloadIdentifier",
    ]);
    assert.deepEqual(paths(read({ ...wrong, PayloadScope: undefined, PayloadContent: ["x"] })), ["PayloadContent[0]"]);
  });

  it("is held to what is known of its payloads", () => {
    assert.deepEqual(paths(read(of("com.apple.mdm"))), ["PayloadContent[0].PayloadType"]);
    assert.deepEqual(paths(read(of("com.apple.webClip.managed", { Label: 3 }))), [
      "PayloadContent[0].Label",
      "PayloadContent[0].URL",
    ]);
    assert.deepEqual(paths(read(of("com.apple.MCX.FileVault2"), { userChannel: true })), [
      "PayloadContent[0].PayloadType",
    ]);
    const unknown = read(of("com.example.unheard"));
    assert.deepEqual([unknown.problems.length, unknown.warnings.length], [0, 1]);
    const elsewhere = read(of("com.apple.dock"), { platforms: ["PLATFORM_MACOS", "PLATFORM_IOS"] });
    assert.match(elsewhere.warnings[0]?.message ?? "", /PLATFORM_IOS/);
  });

  it("takes no variable that is none, and none in what has to be the same everywhere", () => {
    const keys = {
      SSID_STR: "$MUSTER_NOTHING",
      Nested: [{ Deep: "$MUSTER_UDID_2" }],
      PayloadIdentifier: "$MUSTER_UDID",
    };
    assert.deepEqual(paths(read(wifiProfile("a", keys))), [
      "PayloadContent[0].PayloadIdentifier",
      "PayloadContent[0].SSID_STR",
      "PayloadContent[0].Nested[0].Deep",
    ]);
  });
});
