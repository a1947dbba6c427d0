import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readPlist } from "../plist/read-plist.ts";
import { type Writable, writePlist } from "../plist/write-plist.ts";
import {
  discoveryFailed,
  type ErrorDocument,
  pairingTokenMissing,
  softwareUpdateRequired,
  unrecognizedDevice,
} from "./error-documents.ts";
import { readMachineInfo, readProfileServiceAnswer } from "./machine-info.ts";
import { MdmMessageError } from "./mdm-message-error.ts";

const wire = (message: Writable) => readPlist(writePlist(message));

describe("what a device says of itself before it enrolls", () => {
  it("is read from a MachineInfo", () => {
    assert.deepEqual(
      readMachineInfo(
        wire({
          UDID: "U1",
          SERIAL: "S1",
          PRODUCT: "Watch7,5",
          VERSION: "21R356",
          OS_VERSION: "10.0",
          SUPPLEMENTAL_BUILD_VERSION: "21R357",
          SUPPLEMENTAL_OS_VERSION_EXTRA: "(a)",
          IMEI: "35 123",
          MEID: "A1",
          LANGUAGE: "en",
          MDM_CAN_REQUEST_SOFTWARE_UPDATE: true,
          PAIRING_TOKEN: Buffer.of(7),
          SOFTWARE_UPDATE_DEVICE_ID: "Watch7,5",
          NEW_IN_NEXT_YEAR: 1,
        }),
      ),
      {
        udid: "U1",
        serialNumber: "S1",
        product: "Watch7,5",
        buildVersion: "21R356",
        osVersion: "10.0",
        osVersionExtra: "(a)",
        supplementalBuildVersion: "21R357",
        imei: "35 123",
        meid: "A1",
        language: "en",
        canUpdateFirst: true,
        softwareUpdateDeviceId: "Watch7,5",
        pairingToken: Buffer.of(7),
      },
    );
  });

  it("names no device in a user enrollment", () => {
    const info = readMachineInfo(wire({ PRODUCT: "iPhone17,1", VERSION: "22A3354", LANGUAGE: "de" }));
    assert.deepEqual(
      [info.udid, info.serialNumber, info.canUpdateFirst, info.pairingToken],
      ["", "", false, undefined],
    );
  });

  it("is read from the answer to a profile service, whose challenge is text or bytes", () => {
    const answer = { UDID: "U1", SERIAL: "S1", PRODUCT: "iPhone17,1", VERSION: "22A3354" };
    for (const CHALLENGE of ["once", Buffer.from("once")]) {
      const { challenge, serialNumber, udid } = readProfileServiceAnswer(wire({ ...answer, CHALLENGE }));
      assert.deepEqual([udid, serialNumber, challenge], ["U1", "S1", "once"]);
    }
    assert.equal(readProfileServiceAnswer(wire(answer)).challenge, "");
  });

  it("is refused when it makes no sense", () => {
    for (const message of [
      "text",
      [],
      {},
      { PRODUCT: "iPhone17,1" },
      { VERSION: "22A3354" },
      { PRODUCT: 1, VERSION: 2 },
    ])
      assert.throws(() => readMachineInfo(wire(message)), MdmMessageError);
    assert.throws(() => readProfileServiceAnswer(wire({ SERIAL: "S1" })), MdmMessageError);
  });
});

describe("a refusal that a device understands", () => {
  const said = ({ body, contentType, status }: ErrorDocument) => {
    assert.deepEqual([status, contentType], [403, "application/json"]);
    return JSON.parse(body.toString()) as unknown;
  };

  it("says that the device is not managed any more", () => {
    assert.deepEqual(said(unrecognizedDevice()), { code: "com.apple.unrecognized.device" });
    assert.deepEqual(said(unrecognizedDevice("Bye")), { code: "com.apple.unrecognized.device", message: "Bye" });
  });

  it("says that an update comes first", () => {
    assert.deepEqual(said(softwareUpdateRequired({ osVersion: "17.4" })), {
      code: "com.apple.softwareupdate.required",
      details: { OSVersion: "17.4" },
    });
    const beta = { osVersion: "26.0", buildVersion: "23A1", betaProgram: { description: "Beta", token: "t" } };
    assert.deepEqual(said(softwareUpdateRequired(beta)), {
      code: "com.apple.softwareupdate.required",
      details: { OSVersion: "26.0", BuildVersion: "23A1", RequireBetaProgram: { Description: "Beta", Token: "t" } },
    });
  });

  it("says what a watch lacks, and that a domain has no enrollment", () => {
    assert.deepEqual(said(pairingTokenMissing("s1")), {
      code: "com.apple.watch.pairing.token.missing",
      details: { "security-token": "s1" },
    });
    assert.deepEqual(said(discoveryFailed()), { code: "com.apple.well-known.failed" });
  });
});
