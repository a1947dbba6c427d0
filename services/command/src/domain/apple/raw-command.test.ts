import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkAppleOrder } from "./apple-order.ts";
import { rawParameters, readRawCommand } from "./raw-command.ts";

const plist = (inside: string) => `<?xml version="1.0" encoding="UTF-8"?><plist version="1.0">${inside}</plist>`;
const dance = "<dict><key>RequestType</key><string>Dance</string><key>Steps</key><integer>3</integer></dict>";

const order = (rawPlist: string, requestType = "") =>
  checkAppleOrder({ requestType, rawPlist, parameters: {}, userId: "" });

describe("a command that is given as a property list", () => {
  it("says itself what it is, alone or in the message around it", () => {
    assert.equal(order(plist(dance)).requestType, "Dance");
    const message = `<dict><key>CommandUUID</key><string>theirs</string><key>Command</key>${dance}</dict>`;
    assert.equal(order(plist(message)).requestType, "Dance");
    assert.equal(rawParameters(readRawCommand(plist(message)))["Steps"], 3);
  });

  it("is refused when it is none, or is called something else than it is", () => {
    assert.throws(() => order("Dance"), /is no property list/);
    assert.throws(() => order(plist("<array/>")), /is no dictionary/);
    assert.throws(() => order(plist("<dict/>")), /has no RequestType/);
    assert.throws(() => order(plist(dance), "EraseDevice"), /says Dance/);
  });
});
