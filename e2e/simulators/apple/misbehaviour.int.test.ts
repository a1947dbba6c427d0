import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, it } from "node:test";
import { enrolledDevice } from "./testing/enrolled-device.ts";
import { testDevice } from "./testing/test-device.ts";
import { tinyMdmServer } from "./testing/tiny-mdm-server.ts";

describe("a device that misbehaves", () => {
  it("repeats what it reported, and reports about what nobody asked", async (t) => {
    const { server, device, ask } = await enrolledDevice(t, "iPhone");
    device.misbehaviour.repeatsReports = true;
    const { CommandUUID } = await ask("ProfileList");
    const reports = server.reports.all().filter(({ message }) => message["CommandUUID"] === CommandUUID);
    assert.equal(reports.length, 2);
    const unknown = randomUUID();
    assert.equal(await device.channel.reportUnasked(unknown, "Acknowledged"), 200);
    assert.equal(server.reports.all().at(-1)?.message["CommandUUID"], unknown);
  });

  it("speaks with the identity of another, or under another's name", async (t) => {
    const { server, device } = await enrolledDevice(t, "iPhone");
    const other = testDevice(t, "iPad", { ca: server.ca });
    await other.enrollWith(server.profile());
    const foreign = other.enrollment?.identity;
    assert.ok(foreign);
    device.misbehaviour.signsAs = foreign;
    await device.poll();
    assert.deepEqual(server.reports.all().at(-1)?.signer, foreign.certificate);
    assert.equal(server.reports.all().at(-1)?.message["UDID"], device.hardware.udid);
    delete device.misbehaviour.signsAs;
    device.misbehaviour.claimsToBe = other.hardware.udid;
    await device.poll();
    assert.equal(server.reports.all().at(-1)?.message["UDID"], other.hardware.udid);
    assert.deepEqual(server.reports.all().at(-1)?.signer, device.enrollment?.identity.certificate);
  });

  it("sends POST, no Content-Type, more than anybody asked for, and signatures over something else", async (t) => {
    const { server, device } = await enrolledDevice(t, "iPhone");
    Object.assign(device.misbehaviour, { sendsPost: true, omitsContentType: true, padsBytes: 100_000 });
    await device.poll();
    const last = server.reports.all().at(-1);
    assert.deepEqual([last?.method, last?.headers["content-type"]], ["POST", undefined]);
    assert.equal(last?.message["Padding"], "x".repeat(100_000));
    device.misbehaviour.breaksSignature = true;
    await device.poll();
    assert.deepEqual(device.ledger.of("refused").at(-1)?.status, 500);
  });

  it("says where pushes go before it says who it is", async (t) => {
    const server = await tinyMdmServer(t);
    const device = testDevice(t, "iPhone", { ca: server.ca, misbehaviour: { tokenFirst: true } });
    await device.enrollWith(server.profile());
    const said = server.checkins.all().map(({ message }) => message["MessageType"]);
    assert.deepEqual(said, ["TokenUpdate", "Authenticate"]);
  });
});
