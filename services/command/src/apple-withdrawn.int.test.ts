import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { CommandState } from "@muster/contracts/gen/muster/command/v1/command";
import { type AppleTestDevice, settledApple } from "./testing/apple-device.ts";
import { type CommandProcess, startCommand } from "./testing/command-process.ts";
import { appleOrder, caller, ordersTo } from "./testing/orders.ts";
import { startTestPlatform, type TestPlatform } from "./testing/test-platform.ts";

describe("a command that is withdrawn after an Apple device was handed it", () => {
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

  const stateOf = async (id: string) => (await ordersTo(service, platform).get(id)).state;
  async function withdrawn(): Promise<{ readonly device: AppleTestDevice; readonly id: string }> {
    const device = await settledApple(platform, service.url);
    const order = appleOrder("RemoveProfile", { Identifier: "org.example.wifi" });
    const id = await ordersTo(service, platform).ask(device.deviceId, order);
    assert.equal((await device.idle()).uuid, id);
    await service.commands.cancelCommand({ id }, caller);
    assert.equal(await stateOf(id), CommandState.COMMAND_STATE_DELIVERED);
    return { device, id };
  }

  it("is cancelled when the device puts it off", async () => {
    const { device, id } = await withdrawn();
    assert.equal((await device.report(id, "NotNow")).uuid, undefined);
    assert.equal(await stateOf(id), CommandState.COMMAND_STATE_CANCELLED);
  });

  it("is cancelled when the device comes again without an answer to it", async () => {
    const { device, id } = await withdrawn();
    assert.equal((await device.idle()).uuid, undefined);
    assert.equal(await stateOf(id), CommandState.COMMAND_STATE_CANCELLED);
  });

  it("is acknowledged when the device carried it out", async () => {
    const { device, id } = await withdrawn();
    await device.report(id, "Acknowledged");
    assert.equal(await stateOf(id), CommandState.COMMAND_STATE_ACKNOWLEDGED);
  });
});
