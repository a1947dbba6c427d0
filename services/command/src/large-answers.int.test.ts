import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { CommandState } from "@muster/contracts/gen/muster/command/v1/command";
import { eventually } from "@muster/testkit/eventually";
import { settledApple } from "./testing/apple-device.ts";
import { type CommandProcess, startCommand } from "./testing/command-process.ts";
import { appleOrder, ordersTo } from "./testing/orders.ts";
import { startTestPlatform, type TestPlatform } from "./testing/test-platform.ts";

describe("an answer of megabytes", () => {
  let platform: TestPlatform;
  let service: CommandProcess;
  before(async () => {
    platform = await startTestPlatform();
    service = await startCommand(platform.database.url, platform.bus.url);
  });
  after(async () => {
    await service?.stop();
    await platform?.stop();
  });

  const answerTo = (deviceId: string, id: string) =>
    eventually("the answer to be told", async () =>
      (await platform.heard("muster.command.v1.AppleAnswered", deviceId)).find(({ commandId }) => commandId === id),
    );

  it("is taken, and told of as much of it as an event carries", async () => {
    const device = await settledApple(platform, service.url);
    const orders = ordersTo(service, platform);
    const id = await orders.ask(device.deviceId, appleOrder("InstalledApplicationList"));
    assert.equal((await device.idle()).uuid, id);
    const InstalledApplicationList = Array.from({ length: 9_000 }, (_, index) => ({
      Identifier: `com.example.application-${index}`,
      Name: `An application with a name of some length, number ${index}`,
      ShortVersion: "1.2.3",
      Version: "1.2.3 (456)",
      BundleSize: 123_456_789,
    }));
    assert.equal((await device.report(id, "Acknowledged", { InstalledApplicationList })).status, 200);
    const { result, state } = await orders.get(id);
    assert.equal(state, CommandState.COMMAND_STATE_ACKNOWLEDGED);
    assert.deepEqual(result?.appleResponse, { InstalledApplicationList });
    const told = await answerTo(device.deviceId, id);
    const list: unknown = told.response?.["InstalledApplicationList"];
    assert.ok(Array.isArray(list) && list.length > 4_000 && list.length < 9_000);
    assert.equal(told.partial, true);
  });

  it("is told whole when it is large only for what its members hold beside themselves", async () => {
    const device = await settledApple(platform, service.url);
    const id = await ordersTo(service, platform).ask(device.deviceId, appleOrder("ProfileList"));
    assert.equal((await device.idle()).uuid, id);
    const profile = (index: number) => ({ PayloadIdentifier: `com.example.${index}`, PayloadUUID: `U${index}` });
    const SignerCertificates = [Buffer.alloc(3_000)];
    const ProfileList = Array.from({ length: 400 }, (_, index) => ({ ...profile(index), SignerCertificates }));
    assert.equal((await device.report(id, "Acknowledged", { ProfileList })).status, 200);
    const told = await answerTo(device.deviceId, id);
    assert.deepEqual(told.response, { ProfileList: ProfileList.map((_, index) => profile(index)) });
    assert.equal(told.partial, false);
  });
});
