import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, it, type TestContext } from "node:test";
import type { AppleKind } from "./hardware/apple-models.ts";
import type { Plist } from "./plist/plist-value.ts";
import { type EnrolledDevice, enrolledDevice, errorOf } from "./testing/enrolled-device.ts";
import type { TinyMdmServer } from "./testing/tiny-mdm-server.ts";

const enrolled = (t: TestContext, kind: AppleKind, mdm: Plist = {}): Promise<EnrolledDevice> =>
  enrolledDevice(t, kind, { mdm });

const statuses = (server: TinyMdmServer): unknown[] => server.reports.all().map(({ message }) => message["Status"]);

describe("the command channel of a device", () => {
  it("is asked after a push with the right magic only, on one connection, until nothing is left", async (t) => {
    const { server, device } = await enrolled(t, "iPhone");
    const uuids = [server.enqueue("ProfileList"), server.enqueue("CertificateList"), server.enqueue("ProfileList")];
    device.channel.pushed(randomUUID());
    device.channel.pushed();
    await device.ledger.wait("polled");
    assert.deepEqual(statuses(server), ["Idle", "Acknowledged", "Acknowledged", "Acknowledged"]);
    assert.deepEqual(
      server.reports.all().map(({ message }) => message["CommandUUID"]),
      [undefined, ...uuids],
    );
    assert.equal(new Set(server.reports.all().map(({ remotePort }) => remotePort)).size, 1);
    assert.ok(server.reports.all().every(({ message }) => message["UDID"] === device.hardware.udid));
    assert.deepEqual(
      device.ledger.of("pushed").map(({ believed }) => believed),
      [false, true],
    );
    assert.deepEqual(device.ledger.commands().get(uuids[0] ?? ""), {
      requestType: "ProfileList",
      delivered: 1,
      statuses: ["Acknowledged"],
    });
  });

  it("is asked once more for a push that comes while it is being asked", async (t) => {
    const { server, device } = await enrolled(t, "iPhone");
    device.channel.pushed();
    device.channel.pushed();
    device.channel.pushed();
    await device.ledger.wait("polled");
    await device.channel.poll("by hand");
    assert.equal(device.ledger.count("polled"), 3);
    assert.deepEqual(statuses(server), ["Idle", "Idle", "Idle"]);
  });

  it("is asked again without a push after NotNow, if that was the last word", async (t) => {
    const { server, device } = await enrolled(t, "iPhone");
    const app = server.enqueue("InstallProfile", { Payload: someProfile() });
    device.lock();
    await device.poll();
    assert.deepEqual(statuses(server), ["Idle", "NotNow"]);
    await device.unlock();
    assert.equal((await server.report(app, "Acknowledged"))["CommandUUID"], app);
    assert.deepEqual(device.ledger.commands().get(app)?.statuses, ["NotNow", "Acknowledged"]);
  });

  it("waits for a push after NotNow when it said something else since", async (t) => {
    const { server, device } = await enrolled(t, "iPhone");
    const later = server.enqueue("InstallProfile", { Payload: someProfile() });
    server.enqueue("ProfileList");
    device.lock();
    await device.poll();
    assert.deepEqual(statuses(server), ["Idle", "NotNow", "Acknowledged"]);
    await device.unlock();
    assert.equal(statuses(server).length, 3);
    await device.poll();
    await server.report(later, "Acknowledged");
  });

  it("puts off what a test says, and never what an iPhone answers at once", async (t) => {
    const { server, device } = await enrolled(t, "iPhone");
    device.notNow.add("Settings");
    device.lock();
    const list = server.enqueue("ProfileList");
    const settings = server.enqueue("Settings", { Settings: [] });
    await device.poll();
    assert.deepEqual(device.ledger.commands().get(list)?.statuses, ["Acknowledged"]);
    assert.deepEqual(device.ledger.commands().get(settings)?.statuses, ["NotNow"]);
  });

  it("answers Error to what this device does not do, and CommandFormatError to what is none", async (t) => {
    const { server, device } = await enrolled(t, "iPhone", { AccessRights: 1 });
    const told = [
      ["Error", 12021, server.enqueue("MakeCoffee")],
      ["Error", 12021, server.enqueue("SetRecoveryLock", { NewPassword: "x" })],
      ["Error", 12007, server.enqueue("EnableLostMode", { Message: "lost" })],
      ["Error", 12007, server.enqueue("DeviceInformation", { Queries: ["UDID"] })],
      ["Error", 12013, server.enqueue("RemoveProfile", { Identifier: "org.example.none" })],
    ] as const;
    await device.poll();
    for (const [status, code, uuid] of told.slice(0, 4)) {
      const report = await server.report(uuid);
      assert.deepEqual([report["Status"], errorOf(report)], [status, code]);
    }
    const other = await enrolled(t, "iPad");
    const malformed = [
      other.server.enqueue("InstallProfile", { Payload: "text" }),
      other.server.enqueue("DeviceInformation"),
      other.server.enqueue(""),
    ];
    await other.device.poll();
    for (const uuid of malformed) assert.equal((await other.server.report(uuid))["Status"], "CommandFormatError");
  });

  it("tells of itself what its kind has and the rights allow", async (t) => {
    const Queries = [
      "UDID",
      "SerialNumber",
      "OSVersion",
      "DeviceCapacity",
      "IMEI",
      "WiFiMAC",
      "EthernetMAC",
      "Invented",
    ];
    const keys = async (kind: AppleKind, mdm: Plist): Promise<string[]> => {
      const { server, device } = await enrolled(t, kind, mdm);
      const uuid = server.enqueue("DeviceInformation", { Queries });
      await device.poll();
      return Object.keys((await server.report(uuid))["QueryResponses"] as Plist);
    };
    const common = ["UDID", "SerialNumber", "OSVersion", "DeviceCapacity"];
    assert.deepEqual(await keys("iPhone", {}), [...common, "IMEI", "WiFiMAC"]);
    assert.deepEqual(await keys("Mac", {}), [...common, "WiFiMAC", "EthernetMAC"]);
    assert.deepEqual(await keys("iPhone", { AccessRights: 16 }), [...common, "IMEI"]);
    assert.deepEqual(await keys("iPhone", { EnrollmentMode: "BYOD" }), ["OSVersion", "DeviceCapacity"]);
  });

  it("keeps installed profiles, replaces one with its identifier, and lists them", async (t) => {
    const { server, device } = await enrolled(t, "Mac");
    for (const uuid of ["A", "B"]) server.enqueue("InstallProfile", { Payload: someProfile(uuid) });
    const invalid = server.enqueue("InstallProfile", { Payload: Buffer.from("no profile") });
    const list = server.enqueue("ProfileList");
    const removal = server.enqueue("RemoveProfile", { Identifier: "org.example.wifi" });
    await device.poll();
    assert.equal((await server.report(invalid))["Status"], "Error");
    const { ProfileList } = await server.report(list);
    assert.deepEqual(
      (ProfileList as Plist[]).map(({ PayloadIdentifier, PayloadUUID }) => [PayloadIdentifier, PayloadUUID]).at(-1),
      ["org.example.wifi", "B"],
    );
    assert.equal((await server.report(removal))["Status"], "Acknowledged");
    assert.deepEqual(
      device.ledger.of("profile").map(({ action, by }) => `${action} by ${by}`),
      ["installed by enrollment", "installed by command", "replaced by command", "removed by command"],
    );
  });
});

function someProfile(uuid = "U"): Buffer {
  return Buffer.from(
    `<?xml version="1.0"?><plist version="1.0"><dict><key>PayloadType</key><string>Configuration</string>
    <key>PayloadVersion</key><integer>1</integer><key>PayloadIdentifier</key><string>org.example.wifi</string>
    <key>PayloadUUID</key><string>${uuid}</string><key>PayloadContent</key><array/></dict></plist>`,
  );
}
