import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { CommandState } from "@muster/contracts/gen/muster/command/v1/command";
import { enrollApple, settledApple } from "./testing/apple-device.ts";
import { type CommandProcess, startCommand } from "./testing/command-process.ts";
import { appleOrder, caller, order, ordersTo } from "./testing/orders.ts";
import { startTestPlatform, type TestPlatform } from "./testing/test-platform.ts";

const removal = appleOrder("RemoveProfile", { Identifier: "org.example.wifi" });

describe("a command that takes another's place", () => {
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

  const get = async (id: string | undefined) => ordersTo(service, platform).get(id ?? "");
  const enqueue = async (deviceIds: string[], requestKey?: string) =>
    (
      await service.commands.enqueueCommands(order(deviceIds, removal), {
        ...caller,
        ...(requestKey && { requestKey }),
      })
    ).commands;

  it("ends what is queued of each of its devices, and of no other", async () => {
    const [one, two, other] = [
      await enrollApple(platform, service.url),
      await enrollApple(platform, service.url),
      await enrollApple(platform, service.url),
    ];
    const [left] = await enqueue([other.deviceId]);
    const earlier = await enqueue([one.deviceId, two.deviceId]);
    const later = await enqueue([one.deviceId, two.deviceId]);
    for (const { deviceId, id } of earlier) {
      const { result, state } = await get(id);
      assert.deepEqual([state, result?.reason], [CommandState.COMMAND_STATE_CANCELLED, "superseded"]);
      const told = await platform.heard("muster.command.v1.CommandCancelled", deviceId);
      assert.deepEqual(
        told.map(({ command }) => command?.id),
        [id],
      );
    }
    for (const id of [...later.map((each) => each.id), left?.id])
      assert.equal((await get(id)).state, CommandState.COMMAND_STATE_QUEUED);
  });

  it("takes no newer one's place when its request is repeated", async () => {
    const { deviceId } = await enrollApple(platform, service.url);
    const [first] = await enqueue([deviceId], "a request");
    const [newer] = await enqueue([deviceId]);
    const [again] = await enqueue([deviceId], "a request");
    assert.equal(again?.id, first?.id);
    assert.equal((await get(first?.id)).state, CommandState.COMMAND_STATE_CANCELLED);
    assert.equal((await get(newer?.id)).state, CommandState.COMMAND_STATE_QUEUED);
  });

  describe("that its device was handed", () => {
    const app = { Identifier: "com.example.app" };
    const ask = ({ deviceId }: { deviceId: string }, requestType: string, parameters: object = app) =>
      ordersTo(service, platform).ask(deviceId, appleOrder(requestType, parameters));
    const isSuperseded = async (id: string) => {
      const { result, state } = await get(id);
      assert.deepEqual([state, result?.reason], [CommandState.COMMAND_STATE_CANCELLED, "superseded"]);
    };

    it("leaves nothing of it to be done later when the device put it off", async () => {
      const device = await settledApple(platform, service.url);
      const install = await ask(device, "InstallApplication");
      assert.equal((await device.idle()).uuid, install);
      const remove = await ask(device, "RemoveApplication");
      assert.equal((await device.report(install, "NotNow")).uuid, remove);
      assert.equal((await device.report(remove, "Acknowledged")).uuid, undefined);
      assert.deepEqual(await device.drain(), []);
      await isSuperseded(install);
    });

    it("is the one that is handed out when the answer to the other was lost", async () => {
      const device = await settledApple(platform, service.url);
      const install = await ask(device, "InstallApplication");
      assert.equal((await device.idle()).uuid, install);
      const remove = await ask(device, "RemoveApplication");
      assert.equal((await device.idle()).uuid, remove);
      await isSuperseded(install);
    });

    it("leaves it to be done when the newer one was withdrawn before the device had it", async () => {
      const device = await settledApple(platform, service.url);
      const install = await ask(device, "InstallApplication");
      assert.equal((await device.idle()).uuid, install);
      const remove = await ask(device, "RemoveApplication");
      await service.commands.cancelCommand({ id: remove }, caller);
      assert.deepEqual(await device.drain(), ["InstallApplication", "ManagedApplicationList"]);
    });
  });
});
