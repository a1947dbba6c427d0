import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { device } from "../testing/builders.ts";
import { enrollmentMessage } from "./enrollment-message.ts";

describe("a device as events and answers tell it", () => {
  it("is named when it is the organisation's", () => {
    const told = enrollmentMessage(device());
    assert.equal(told.hostname, "web-1.acme.example");
    assert.equal(told.hardwareSerial, "VMW-5623-A");
  });

  it("has neither name, serial number nor hardware id when it is a person's own", () => {
    const own = device({ ownership: "personal" });
    const told = JSON.stringify(enrollmentMessage(own));
    for (const name of [own.hostname, own.hardwareSerial, own.hardwareUuid, own.hostIdentifier]) {
      assert.equal(told.includes(name), false, name);
    }
    assert.ok(told.includes(own.hardwareModel));
  });
});
