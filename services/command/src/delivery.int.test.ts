import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { CommandState, CommandType } from "@muster/contracts/gen/muster/command/v1/command";
import { Status } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import { eventually } from "@muster/testkit/eventually";
import { startTogether } from "@muster/testkit/start-together";
import { sql } from "kysely";
import { type CommandProcess, startCommand } from "./testing/command-process.ts";
import { caller, type Orders, order, ordersTo, withoutScript } from "./testing/orders.ts";
import { TestAgent } from "./testing/test-agent.ts";
import { enrollmentOf, startTestPlatform, TENANT, type TestPlatform } from "./testing/test-platform.ts";

describe("commands on their way", () => {
  let platform: TestPlatform;
  let one: CommandProcess;
  let two: CommandProcess;
  let orders: Orders;

  before(async () => {
    platform = await startTestPlatform();
    const [databaseUrl, natsUrl] = [platform.database.url, platform.bus.url];
    [one, two] = await startTogether(startCommand(databaseUrl, natsUrl), startCommand(databaseUrl, natsUrl));
    orders = ordersTo(one, platform);
  });

  after(async () => {
    await Promise.all([one?.stop(), two?.stop()]);
    await platform?.stop();
  });

  it("go from the asker over another replica's stream to the device and back onto the bus", async () => {
    const device = await platform.enroll({ agent: 1 });
    const agent = await TestAgent.of(one.url, device);
    const end = new AbortController();
    const stream = agent.stream(end.signal);
    assert.deepEqual((await stream.next()).value, { type: "hello", pingSec: 30 });

    const { commands, refusals } = await two.commands.enqueueCommands(order([device.deviceId]), caller);
    assert.deepEqual(refusals, []);
    assert.deepEqual((await stream.next()).value, { type: "wake", for: "commands" });
    end.abort();

    const [handed] = await agent.checkIn();
    assert.ok(handed);
    assert.deepEqual([handed.id, handed.deviceId, handed.type], [commands[0]?.id, device.deviceId, "run_script"]);
    assert.deepEqual(handed.params, { content: "echo hello", timeoutSec: 300, maxOutputBytes: 256 * 1024 });
    const endedAt = new Date().toISOString();
    assert.deepEqual(await agent.report({ commandId: handed.id, state: "running", startedAt: endedAt }), [handed.id]);
    assert.equal((await orders.get(handed.id)).state, CommandState.COMMAND_STATE_RUNNING);
    const result = { commandId: handed.id, state: "succeeded", exitCode: 0, output: "hello\n", endedAt };
    assert.deepEqual(await agent.report(result), [handed.id]);

    const [queued] = await platform.heard("muster.command.v1.CommandQueued", device.deviceId);
    assert.deepEqual([queued?.command?.runScript?.content, queued?.command?.createdBy], ["", caller.actor]);
    await platform.heard("muster.command.v1.CommandDelivered", device.deviceId);
    const [told] = await platform.heard("muster.command.v1.CommandAcknowledged", device.deviceId);
    assert.deepEqual([told?.command?.id, told?.command?.result?.output], [handed.id, ""]);
    const command = await orders.get(handed.id);
    assert.deepEqual(
      [command.state, command.result?.output, command.runScript?.content, command.deliveries, command.version],
      [CommandState.COMMAND_STATE_ACKNOWLEDGED, "hello\n", "echo hello", 1, 4],
    );
    assert.deepEqual(await agent.checkIn(), []);
  });

  it("are handed out once per lease to 64 check-ins of one device, and again after it", async () => {
    const { device, agent, id } = await orders.enqueued();
    const other = await TestAgent.of(two.url, device);
    const handed = await Promise.all(
      Array.from({ length: 64 }, (_, index) => (index % 2 === 0 ? agent : other).checkIn()),
    );
    assert.deepEqual(
      handed.flat().map((command) => command.id),
      [id],
    );
    await platform.database.database.tenant(TENANT, (work) =>
      sql`update commands set lease_until = now() where tenant = ${TENANT} and id = ${id}`.execute(work.sql),
    );
    assert.deepEqual(
      (await agent.checkIn()).map((command) => command.id),
      [id],
    );
    const command = await orders.get(id);
    assert.deepEqual([command.deliveries, command.version], [2, 2]);
    assert.equal((await platform.heard("muster.command.v1.CommandDelivered", device.deviceId)).length, 1);
  });

  it("take a repeated, a late and a foreign result politely, note it, and do not change", async () => {
    const { device, agent, id } = await orders.enqueued();
    const foreign = await orders.enqueued();
    await agent.checkIn();
    await foreign.agent.checkIn();
    const succeeded = { commandId: id, state: "succeeded", exitCode: 0, output: "once" };
    await agent.report(succeeded);
    const results = [
      succeeded,
      { ...succeeded, state: "failed", reason: "late" },
      { ...succeeded, commandId: foreign.id },
      { ...succeeded, commandId: "x\0y" },
      { commandId: id, state: "?" },
    ];
    assert.deepEqual(
      await agent.report(...results),
      results.map(({ commandId }) => commandId),
    );
    assert.deepEqual(await agent.report(succeeded), [id]);
    const command = await orders.get(id);
    assert.deepEqual(
      [command.state, command.result?.output, command.version],
      [CommandState.COMMAND_STATE_ACKNOWLEDGED, "once", 3],
    );
    assert.equal((await orders.get(foreign.id)).state, CommandState.COMMAND_STATE_DELIVERED);
    assert.deepEqual(await orders.strays(device.deviceId), [
      { command_id: foreign.id, kind: "foreign", times: 1 },
      { command_id: "x\uFFFDy", kind: "foreign", times: 1 },
      { command_id: id, kind: "late", times: 1 },
      { command_id: id, kind: "repeated", times: 2 },
      { command_id: id, kind: "unreadable", times: 1 },
    ]);
    assert.equal((await platform.heard("muster.command.v1.CommandAcknowledged", device.deviceId)).length, 1);
  });

  it("tell besides that a device accepted a refetch", async () => {
    const { device, agent, id } = await orders.enqueued(withoutScript(CommandType.COMMAND_TYPE_REFETCH));
    await agent.checkIn();
    await agent.report({ commandId: id, state: "succeeded" });
    const { deviceId } = device;
    assert.deepEqual(await platform.heard("muster.command.v1.RefetchAccepted", deviceId), [
      { deviceId, commandId: id },
    ]);
    assert.equal((await platform.heard("muster.command.v1.CommandAcknowledged", deviceId)).length, 1);
  });

  it("expire when the device does not come in time", async () => {
    const { agent, id, device } = await orders.enqueued({ expiresInSeconds: 1 });
    await platform.heard("muster.command.v1.CommandExpired", device.deviceId);
    assert.equal((await orders.get(id)).state, CommandState.COMMAND_STATE_EXPIRED);
    assert.deepEqual(await agent.checkIn(), []);
  });

  it("are withdrawn at once while they wait", async () => {
    const { agent, id, device } = await orders.enqueued();
    const { command } = await two.commands.cancelCommand({ id }, caller);
    assert.equal(command?.state, CommandState.COMMAND_STATE_CANCELLED);
    assert.deepEqual(await agent.checkIn(), []);
    await platform.heard("muster.command.v1.CommandCancelled", device.deviceId);
    assert.equal(
      (await one.commands.cancelCommand({ id }, caller)).command?.state,
      CommandState.COMMAND_STATE_CANCELLED,
    );
  });

  it("are withdrawn by a cancel command while the device has them, and end when it says so", async () => {
    const { agent, id, device } = await orders.enqueued();
    await agent.checkIn();
    await agent.report({ commandId: id, state: "running" });
    const end = new AbortController();
    const stream = agent.stream(end.signal);
    await stream.next();
    assert.equal((await one.commands.cancelCommand({ id }, caller)).command?.state, CommandState.COMMAND_STATE_RUNNING);
    assert.deepEqual((await stream.next()).value, { type: "wake", for: "commands" });
    end.abort();
    const [cancel] = await agent.checkIn();
    assert.ok(cancel);
    assert.deepEqual([cancel.type, cancel.params], ["cancel", { commandId: id }]);
    const stopped = { commandId: id, state: "failed", reason: "cancelled", output: "so far" };
    assert.deepEqual(await agent.report({ commandId: cancel.id, state: "succeeded" }, stopped), [cancel.id, id]);
    const command = await orders.get(id);
    assert.deepEqual([command.state, command.result?.output], [CommandState.COMMAND_STATE_CANCELLED, "so far"]);
    assert.deepEqual(await orders.strays(device.deviceId), []);
    await assert.rejects(
      orders.enqueued().then(async (done) => {
        await done.agent.checkIn();
        await done.agent.report({ commandId: done.id, state: "succeeded" });
        await one.commands.cancelCommand({ id: done.id }, caller);
      }),
      { code: "command.ended" },
    );
  });

  it("are cancelled when their device is unenrolled, which may not come back with its old certificate", async () => {
    const { agent, id, device } = await orders.enqueued();
    const end = new AbortController();
    const stream = agent.stream(end.signal);
    await stream.next();
    const enrollment = { ...enrollmentOf(device.deviceId, { agent: 1 }), version: 2, status: Status.STATUS_UNENROLLED };
    await platform.publish("muster.enrollment.v1.DeviceUnenrolled", device.deviceId, { enrollment, reason: "sold" });
    const [told] = await platform.heard("muster.command.v1.CommandCancelled", device.deviceId);
    assert.deepEqual([told?.command?.id, told?.command?.result?.reason], [id, "unenrolled"]);
    assert.equal((await stream.next()).done, true);
    end.abort();
    const answer = await agent.post("checkin", {});
    assert.deepEqual([answer.status, ((await answer.json()) as { code: string }).code], [401, "agent.reenroll"]);
    assert.equal((await agent.post("results", { results: [] })).status, 401);
    const { refusals } = await one.commands.enqueueCommands(order([device.deviceId]), caller);
    assert.equal(refusals[0]?.code, "command.device_unenrolled");
    const again = await TestAgent.of(one.url, { ...device, generation: 2 });
    assert.deepEqual(await again.checkIn(), []);
  });

  it("are watched from one replica while another changes them, until their end", async () => {
    const { agent, id } = await orders.enqueued();
    const seen: string[] = [];
    const watching = (async () => {
      for await (const { command } of two.commands.watchCommand({ id }, caller, AbortSignal.timeout(60_000)))
        seen.push(command?.state ?? "");
    })();
    const until = (count: number) =>
      eventually(`${count} states`, async () => (seen.length >= count ? true : undefined));
    await until(1);
    await agent.checkIn();
    await until(2);
    await agent.report({ commandId: id, state: "failed", reason: "exit_code", exitCode: 3 });
    await watching;
    assert.deepEqual(seen, ["COMMAND_STATE_QUEUED", "COMMAND_STATE_DELIVERED", "COMMAND_STATE_FAILED"]);
  });
});
