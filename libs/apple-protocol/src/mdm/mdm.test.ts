import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readPlist } from "../plist/read-plist.ts";
import { type Writable, writePlist } from "../plist/write-plist.ts";
import { readCheckin } from "./checkin.ts";
import { writeCommand } from "./command.ts";
import { toJson } from "./json.ts";
import { MdmMessageError } from "./mdm-message-error.ts";
import { readReport } from "./report.ts";

const wire = (message: Writable) => readPlist(writePlist(message));
const UDID = "00008120-000A1B2C3D4E001E";

describe("a check-in", () => {
  it("says who comes: a device, a user, a user of a shared iPad, or a person's own device", () => {
    const senderOf = (ids: Readonly<Record<string, string>>) =>
      readCheckin(wire({ MessageType: "CheckOut", ...ids })).sender;
    assert.deepEqual(senderOf({ UDID, EnrollmentID: "ignored" }).hardwareId, UDID);
    assert.equal(senderOf({ UDID, UserID: "F7C8", UserShortName: "ada" }).userId, "F7C8");
    const shared = { UDID, UserID: "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", UserShortName: "ada@acme.example" };
    assert.equal(senderOf(shared).userId, "ada@acme.example");
    assert.deepEqual(senderOf({ EnrollmentID: "E1", EnrollmentUserID: "U1" }), {
      hardwareId: "E1",
      isUserEnrollment: true,
      userId: "U1",
      userShortName: "",
      userLongName: "",
    });
  });

  it("is read by its type", () => {
    const claim = readCheckin(
      wire({ MessageType: "Authenticate", UDID, Topic: "com.apple.mgmt.x", OSVersion: "18.1", New: 1 }),
    );
    assert.ok(claim.type === "Authenticate" && claim.claim.osVersion === "18.1" && claim.claim.serialNumber === "");
    const token = readCheckin(
      wire({
        MessageType: "TokenUpdate",
        UDID,
        Topic: "t",
        Token: Buffer.of(1),
        PushMagic: "m",
        AwaitingConfiguration: true,
      }),
    );
    assert.ok(token.type === "TokenUpdate" && token.awaitingConfiguration === true && token.unlockToken === undefined);
    const emptied = readCheckin(
      wire({
        MessageType: "TokenUpdate",
        UDID,
        Topic: "t",
        Token: Buffer.of(1),
        PushMagic: "m",
        UnlockToken: Buffer.alloc(0),
      }),
    );
    assert.ok(emptied.type === "TokenUpdate" && emptied.unlockToken === undefined);
    const bootstrap = readCheckin(wire({ MessageType: "SetBootstrapToken", UDID, BootstrapToken: Buffer.alloc(0) }));
    assert.ok(bootstrap.type === "SetBootstrapToken" && bootstrap.bootstrapToken === undefined);
  });

  it("is refused when it makes no sense", () => {
    for (const message of [
      "text",
      {},
      { MessageType: "CheckOut" },
      { MessageType: "Dance", UDID },
      { MessageType: "TokenUpdate", UDID, Topic: "t", PushMagic: "m" },
      { MessageType: "Authenticate", UDID },
      { MessageType: "CheckOut", UDID: 7 },
      { MessageType: "CheckOut", UDID, UserID: "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF" },
    ]) {
      assert.throws(() => readCheckin(wire(message)), MdmMessageError, JSON.stringify(message));
    }
  });
});

describe("a report", () => {
  it("is read with what it answers, and its errors in English", () => {
    assert.equal(readReport(wire({ Status: "Idle", UDID })).status, "Idle");
    const report = readReport(
      wire({
        Status: "Error",
        UDID,
        CommandUUID: "c1",
        ErrorChain: [
          {
            ErrorCode: 12021,
            ErrorDomain: "MCMDMErrorDomain",
            LocalizedDescription: "nein",
            USEnglishDescription: "no",
          },
        ],
        QueryResponses: { OSVersion: "18.1", Data: Buffer.of(1), When: new Date(0) },
      }),
    );
    assert.ok(report.status !== "Idle");
    assert.deepEqual(report.errorChain, [{ code: 12021, domain: "MCMDMErrorDomain", description: "no" }]);
    assert.deepEqual(toJson(report.response), {
      QueryResponses: { OSVersion: "18.1", Data: "AQ==", When: "1970-01-01T00:00:00.000Z" },
    });
  });

  it("is refused when it makes no sense", () => {
    for (const message of [{ UDID }, { Status: "Done", UDID }, { Status: "Acknowledged", UDID }, { Status: "Idle" }]) {
      assert.throws(() => readReport(wire(message)), MdmMessageError);
    }
  });
});

describe("a command", () => {
  it("is written with its id and its name", () => {
    assert.match(
      writeCommand("c1", { RequestType: "ProfileList", ManagedOnly: undefined }).toString(),
      /<dict><key>CommandUUID<\/key><string>c1<\/string><key>Command<\/key><dict><key>RequestType<\/key><string>ProfileList<\/string><\/dict><\/dict>/,
    );
  });
});
