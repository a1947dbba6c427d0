import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { CommandState, CommandType } from "@muster/contracts/gen/muster/command/v1/command";
import type { EnqueueCommandsRequest } from "@muster/contracts/gen/muster/command/v1/command_service";
import { Ownership, Status } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import { eventually } from "@muster/testkit/eventually";
import { sql } from "kysely";
import { v7 as uuidv7 } from "uuid";
import { type CommandProcess, startCommand } from "./testing/command-process.ts";
import { TestAgent } from "./testing/test-agent.ts";
import { enrollmentOf, startTestPlatform, TENANT, type TestPlatform } from "./testing/test-platform.ts";

const caller = { tenant: TENANT, actor: "ada@example.com" };
const stranger = { tenant: "other", actor: "eve@example.com" };

describe("commands", () => {
  let platform: TestPlatform;
  let one: CommandProcess;
  let two: CommandProcess;

  before(async () => {
    platform = await startTestPlatform();
    const [databaseUrl, natsUrl] = [platform.database.url, platform.bus.url];
    [one, two] = await Promise.all([startCommand(databaseUrl, natsUrl), startCommand(databaseUrl, natsUrl)]);
  });

  after(async () => {
    await Promise.all([one?.stop(), two?.stop()]);
    await platform?.stop();
  });

  const request = (deviceIds: string[], rest: Partial<EnqueueCommandsRequest> = {}): EnqueueCommandsRequest => ({
    deviceIds,
    type: CommandType.COMMAND_TYPE_RUN_SCRIPT,
    runScript: { content: "echo hello", scriptId: "", timeoutSeconds: 0 },
    reason: "test",
    expiresInSeconds: 0,
    ...rest,
  });
  const plain = (type: CommandType): Partial<EnqueueCommandsRequest> => ({ type, runScript: undefined });

  /** One command for a new device with the agent, and the agent. */
  const enqueued = async (rest: Partial<EnqueueCommandsRequest> = {}) => {
    const device = await platform.enroll({ agent: 1 });
    const agent = await TestAgent.of(one.url, device);
    const { commands } = await one.commands.enqueueCommands(request([device.deviceId], rest), caller);
    const id = commands[0]?.id ?? "";
    return { device, agent, id };
  };
  const get = async (id: string) => {
    const { command } = await one.commands.getCommand({ id }, caller);
    assert.ok(command);
    return command;
  };
  const strays = (deviceId: string) =>
    platform.database.database.tenant(TENANT, async (work) => {
      const { rows } = await sql<{ command_id: string; kind: string; times: number }>`
        select command_id, kind, times from stray_results where tenant = ${TENANT} and device_id = ${deviceId}
        order by kind`.execute(work.sql);
      return rows;
    });

  it("go from the asker over another replica's stream to the device and back onto the bus", async () => {
    const device = await platform.enroll({ agent: 1 });
    const agent = await TestAgent.of(one.url, device);
    const end = new AbortController();
    const stream = agent.stream(end.signal);
    assert.deepEqual((await stream.next()).value, { type: "hello", pingSec: 30 });

    const { commands, refusals } = await two.commands.enqueueCommands(request([device.deviceId]), caller);
    assert.deepEqual(refusals, []);
    assert.deepEqual((await stream.next()).value, { type: "wake", for: "commands" });
    end.abort();

    const [handed] = await agent.checkIn();
    assert.ok(handed);
    assert.deepEqual([handed.id, handed.deviceId, handed.type], [commands[0]?.id, device.deviceId, "run_script"]);
    assert.deepEqual(handed.params, { content: "echo hello", timeoutSec: 300, maxOutputBytes: 256 * 1024 });
    const endedAt = new Date().toISOString();
    assert.deepEqual(await agent.report({ commandId: handed.id, state: "running", startedAt: endedAt }), [handed.id]);
    assert.equal((await get(handed.id)).state, CommandState.COMMAND_STATE_RUNNING);
    const result = { commandId: handed.id, state: "succeeded", exitCode: 0, output: "hello\n", endedAt };
    assert.deepEqual(await agent.report(result), [handed.id]);

    const [queued] = await platform.heard("muster.command.v1.CommandQueued", device.deviceId);
    assert.deepEqual([queued?.command?.runScript?.content, queued?.command?.createdBy], ["", caller.actor]);
    await platform.heard("muster.command.v1.CommandDelivered", device.deviceId);
    const [told] = await platform.heard("muster.command.v1.CommandAcknowledged", device.deviceId);
    assert.deepEqual([told?.command?.id, told?.command?.result?.output], [handed.id, ""]);
    const command = await get(handed.id);
    assert.deepEqual(
      [command.state, command.result?.output, command.runScript?.content, command.deliveries, command.version],
      [CommandState.COMMAND_STATE_ACKNOWLEDGED, "hello\n", "echo hello", 1, 4],
    );
    assert.deepEqual(await agent.checkIn(), []);
  });

  it("are refused device by device, with a code for each", async () => {
    const [able, plainOsquery, own] = await Promise.all([
      platform.enroll({ agent: 1 }),
      platform.enroll({ osquery: 1 }),
      platform.enroll({ agent: 1 }, { ownership: Ownership.OWNERSHIP_PERSONAL }),
    ]);
    const nobody = uuidv7();
    const ids = [able.deviceId, plainOsquery.deviceId, own.deviceId, nobody, "no uuid", able.deviceId];
    const { commands, refusals } = await one.commands.enqueueCommands(request(ids), caller);
    assert.deepEqual(
      commands.map(({ deviceId }) => deviceId),
      [able.deviceId],
    );
    assert.deepEqual(
      refusals.map(({ deviceId, code }) => [deviceId, code]),
      [
        [plainOsquery.deviceId, "command.unsupported"],
        [own.deviceId, "command.ownership_forbids"],
        [nobody, "command.device_unknown"],
        ["no uuid", "command.device_unknown"],
      ],
    );
  });

  it("belong to their tenant", async () => {
    const { id, device } = await enqueued();
    await assert.rejects(one.commands.getCommand({ id }, stranger), { code: "command.unknown" });
    await assert.rejects(one.commands.cancelCommand({ id }, stranger), { code: "command.unknown" });
    const { refusals } = await one.commands.enqueueCommands(request([device.deviceId]), stranger);
    assert.equal(refusals[0]?.code, "command.device_unknown");
  });

  it("are refused as a whole when what is asked makes no sense", async () => {
    const { deviceId } = await platform.enroll({ agent: 1 });
    const script = (content: string, scriptId = "", timeoutSeconds = 0) => ({
      runScript: { content, scriptId, timeoutSeconds },
    });
    const senseless: [string, Partial<EnqueueCommandsRequest>][] = [
      ["command.bad_request", { deviceIds: [] }],
      ["command.bad_request", { type: CommandType.COMMAND_TYPE_UNSPECIFIED }],
      ["command.bad_request", { type: CommandType.COMMAND_TYPE_REFETCH }],
      ["command.bad_request", { runScript: undefined }],
      ["command.bad_request", script("a", uuidv7())],
      ["command.bad_request", script("a", "", 3_601)],
      ["command.bad_request", { expiresInSeconds: -1 }],
      ["script.bad_content", script("a\0b")],
      ["script.too_large", script("x".repeat(512 * 1024 + 1))],
      ["script.unknown", script("", uuidv7())],
      ["script.unknown", script("", "x")],
    ];
    for (const [code, rest] of senseless) {
      await assert.rejects(one.commands.enqueueCommands(request([deviceId], rest), caller), { code });
    }
  });

  it("are handed out once per lease to 64 check-ins of one device, and again after it", async () => {
    const { device, agent, id } = await enqueued();
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
    const command = await get(id);
    assert.deepEqual([command.deliveries, command.version], [2, 2]);
    assert.equal((await platform.heard("muster.command.v1.CommandDelivered", device.deviceId)).length, 1);
  });

  it("take a repeated, a late and a foreign result politely, note it, and do not change", async () => {
    const { device, agent, id } = await enqueued();
    const foreign = await enqueued();
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
    const command = await get(id);
    assert.deepEqual(
      [command.state, command.result?.output, command.version],
      [CommandState.COMMAND_STATE_ACKNOWLEDGED, "once", 3],
    );
    assert.equal((await get(foreign.id)).state, CommandState.COMMAND_STATE_DELIVERED);
    assert.deepEqual(await strays(device.deviceId), [
      { command_id: foreign.id, kind: "foreign", times: 1 },
      { command_id: "x\uFFFDy", kind: "foreign", times: 1 },
      { command_id: id, kind: "late", times: 1 },
      { command_id: id, kind: "repeated", times: 2 },
      { command_id: id, kind: "unreadable", times: 1 },
    ]);
    assert.equal((await platform.heard("muster.command.v1.CommandAcknowledged", device.deviceId)).length, 1);
  });

  it("expire when the device does not come in time", async () => {
    const { agent, id, device } = await enqueued({ expiresInSeconds: 1 });
    await platform.heard("muster.command.v1.CommandExpired", device.deviceId);
    assert.equal((await get(id)).state, CommandState.COMMAND_STATE_EXPIRED);
    assert.deepEqual(await agent.checkIn(), []);
  });

  it("are withdrawn at once while they wait", async () => {
    const { agent, id, device } = await enqueued();
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
    const { agent, id, device } = await enqueued();
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
    const command = await get(id);
    assert.deepEqual([command.state, command.result?.output], [CommandState.COMMAND_STATE_CANCELLED, "so far"]);
    assert.deepEqual(await strays(device.deviceId), []);
    await assert.rejects(
      enqueued().then(async (done) => {
        await done.agent.checkIn();
        await done.agent.report({ commandId: done.id, state: "succeeded" });
        await one.commands.cancelCommand({ id: done.id }, caller);
      }),
      { code: "command.ended" },
    );
  });

  it("are cancelled when their device is unenrolled, which may not come back with its old certificate", async () => {
    const { agent, id, device } = await enqueued();
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
    const { refusals } = await one.commands.enqueueCommands(request([device.deviceId]), caller);
    assert.equal(refusals[0]?.code, "command.device_unenrolled");
    const again = await TestAgent.of(one.url, { ...device, generation: 2 });
    assert.deepEqual(await again.checkIn(), []);
  });

  it("come from a policy under the id it chose, once however often it asks", async () => {
    const device = await platform.enroll({ agent: 1 });
    const agent = await TestAgent.of(one.url, device);
    const { script } = await one.scripts.createScript({ script: scriptNamed("remedy", "fix it") }, caller);
    const wish = {
      commandId: uuidv7(),
      deviceId: device.deviceId,
      policyId: "p1",
      policyName: "Disk encrypted",
      scriptId: script?.id ?? "",
      requestedAt: new Date(),
    };
    for (let time = 0; time < 2; time++)
      await platform.publish("muster.policy.v1.RemediationRequested", device.deviceId, wish);
    const lost = { ...wish, commandId: uuidv7(), scriptId: uuidv7() };
    await platform.publish("muster.policy.v1.RemediationRequested", device.deviceId, lost);
    await platform.heard("muster.command.v1.CommandFailed", device.deviceId);
    assert.equal((await platform.heard("muster.command.v1.CommandQueued", device.deviceId)).length, 1);
    const command = await get(wish.commandId);
    assert.deepEqual([command.createdBy, command.runScript?.content], ["policy:p1", "fix it"]);
    assert.equal((await get(lost.commandId)).result?.reason, "script.unknown");
    assert.deepEqual(
      (await agent.checkIn()).map(({ id }) => id),
      [wish.commandId],
    );
  });

  it("carry the saved script as it was when they were given", async () => {
    const { script } = await one.scripts.createScript({ script: scriptNamed("inventory", "one") }, caller);
    const id = script?.id ?? "";
    const { agent } = await enqueued({ runScript: { content: "", scriptId: id, timeoutSeconds: 60 } });
    await one.scripts.updateScript({ id, script: scriptNamed("inventory 2", "two") }, caller);
    await assert.rejects(one.scripts.createScript({ script: scriptNamed("inventory 2", "x") }, caller), {
      code: "script.name_taken",
    });
    assert.deepEqual((await one.scripts.listScripts({}, stranger)).scripts, []);
    assert.ok((await one.scripts.listScripts({}, caller)).scripts.some(({ name }) => name === "inventory 2"));
    await one.scripts.deleteScript({ id }, caller);
    await assert.rejects(one.scripts.getScript({ id }, caller), { code: "script.unknown" });
    assert.equal((await agent.checkIn())[0]?.params["content"], "one");
  });

  it("are watched from one replica while another changes them, until their end", async () => {
    const { agent, id } = await enqueued();
    const seen: string[] = [];
    const watching = (async () => {
      for await (const { command } of two.commands.watchCommand({ id }, caller, AbortSignal.timeout(10_000)))
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

  it("are listed newest first, page by page", async () => {
    const { deviceId } = await platform.enroll({ agent: 1 });
    for (let index = 0; index < 5; index++)
      await one.commands.enqueueCommands(request([deviceId], plain(CommandType.COMMAND_TYPE_REFETCH)), caller);
    const list = (pageToken: string) =>
      one.commands.listCommands({ deviceId, state: CommandState.COMMAND_STATE_QUEUED, pageSize: 2, pageToken }, caller);
    const pages = [await list("")];
    while (pages.at(-1)?.nextPageToken) pages.push(await list(pages.at(-1)?.nextPageToken ?? ""));
    const ids = pages.flatMap(({ commands }) => commands.map(({ id }) => id));
    assert.deepEqual([pages.length, ids.length, ids], [3, 5, ids.toSorted().toReversed()]);
  });

  it("reach ten thousand devices in one request", async () => {
    const ids = Array.from({ length: 10_000 }, () => uuidv7());
    await platform.database.database.tenant(TENANT, (work) =>
      sql`insert into device_channels select ${TENANT}, id, true, false, 0, 0, 1, 1 from unnest(${ids}::uuid[]) as id`.execute(
        work.sql,
      ),
    );
    const { commands } = await one.commands.enqueueCommands(request(ids), caller, { timeoutMs: 30_000 });
    assert.equal(commands.length, 10_000);
    const bodies = await platform.database.database.tenant(TENANT, (work) =>
      sql`select distinct body_id from commands where tenant = ${TENANT} and device_id = any(${ids}::uuid[])`.execute(
        work.sql,
      ),
    );
    assert.equal(bodies.rows.length, 1);
    await assert.rejects(one.commands.enqueueCommands(request([...ids, uuidv7()]), caller), {
      code: "command.bad_request",
    });
  });
});

const scriptNamed = (name: string, content: string) => ({
  id: "",
  name,
  content,
  sha256: "",
  updatedBy: "",
  updatedAt: undefined,
});
