import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { CommandState, CommandType } from "@muster/contracts/gen/muster/command/v1/command";
import type { EnqueueCommandsRequest } from "@muster/contracts/gen/muster/command/v1/command_service";
import { Ownership } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import { sql } from "kysely";
import { v7 as uuidv7 } from "uuid";
import { type CommandProcess, startCommand } from "./testing/command-process.ts";
import { caller, type Orders, order, ordersTo, withoutScript } from "./testing/orders.ts";
import { TestAgent } from "./testing/test-agent.ts";
import { startTestPlatform, TENANT, type TestPlatform } from "./testing/test-platform.ts";

const stranger = { tenant: "other", actor: "eve@example.com" };

describe("commands", () => {
  let platform: TestPlatform;
  let one: CommandProcess;
  let orders: Orders;

  before(async () => {
    platform = await startTestPlatform();
    one = await startCommand(platform.database.url, platform.bus.url, { MUSTER_SCRIPT_APPROVAL_ABOVE: "100000" });
    orders = ordersTo(one, platform);
  });

  after(async () => {
    await one?.stop();
    await platform?.stop();
  });

  it("are refused device by device, with a code for each", async () => {
    const [able, plainOsquery, own] = await Promise.all([
      platform.enroll({ agent: 1 }),
      platform.enroll({ osquery: 1 }),
      platform.enroll({ agent: 1 }, { ownership: Ownership.OWNERSHIP_PERSONAL }),
    ]);
    const nobody = uuidv7();
    const ids = [able.deviceId, plainOsquery.deviceId, own.deviceId, nobody, "no uuid", able.deviceId];
    const { commands, refusals } = await one.commands.enqueueCommands(order(ids), caller);
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

  it("are made once however often a request is repeated under its key, at once and after an end that nobody knows", async () => {
    const devices = await Promise.all([platform.enroll({ agent: 1 }), platform.enroll({ agent: 1 })]);
    const request = order(devices.map(({ deviceId }) => deviceId));
    const repeated = { ...caller, requestKey: "the same in each repetition" };
    const answers = await Promise.all([1, 2, 3].map(() => one.commands.enqueueCommands(request, repeated)));
    answers.push(await one.commands.enqueueCommands(request, repeated));
    const idsOf = ({ commands }: { readonly commands: readonly { readonly id: string }[] }) =>
      commands.map(({ id }) => id).toSorted();
    assert.equal(idsOf(answers[0] ?? { commands: [] }).length, 2);
    for (const answer of answers) assert.deepEqual(idsOf(answer), idsOf(answers[0] ?? answer));
    const another = await one.commands.enqueueCommands(request, { ...caller, requestKey: "another" });
    assert.notDeepEqual(idsOf(another), idsOf(answers[0] ?? another));
    for (const { deviceId } of devices) {
      assert.equal((await platform.heard("muster.command.v1.CommandQueued", deviceId)).length >= 1, true);
      const { commands } = await one.commands.listCommands(
        { deviceId, state: CommandState.COMMAND_STATE_UNSPECIFIED, pageSize: 0, pageToken: "" },
        caller,
      );
      assert.equal(commands.length, 2);
    }
  });

  it("belong to their tenant", async () => {
    const { id, device } = await orders.enqueued();
    await assert.rejects(one.commands.getCommand({ id }, stranger), { code: "command.unknown" });
    await assert.rejects(one.commands.cancelCommand({ id }, stranger), { code: "command.unknown" });
    const { refusals } = await one.commands.enqueueCommands(order([device.deviceId]), stranger);
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
      await assert.rejects(one.commands.enqueueCommands(order([deviceId], rest), caller), { code });
    }
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
    const command = await orders.get(wish.commandId);
    assert.deepEqual([command.createdBy, command.runScript?.content], ["policy:p1", "fix it"]);
    assert.equal((await orders.get(lost.commandId)).result?.reason, "script.unknown");
    assert.deepEqual(
      (await agent.checkIn()).map(({ id }) => id),
      [wish.commandId],
    );
  });

  it("carry the saved script as it was when they were given", async () => {
    const { script } = await one.scripts.createScript({ script: scriptNamed("inventory", "one") }, caller);
    const id = script?.id ?? "";
    const { agent } = await orders.enqueued({ runScript: { content: "", scriptId: id, timeoutSeconds: 60 } });
    const second = { id, script: scriptNamed("inventory 2", "two"), expectedRevisions: [1] };
    assert.equal((await one.scripts.updateScript(second, caller)).script?.revision, 2);
    await assert.rejects(one.scripts.updateScript(second, caller), { code: "revision.changed", kind: "changed" });
    await assert.rejects(one.scripts.deleteScript({ id, expectedRevisions: [1] }, caller), {
      code: "revision.changed",
    });
    await assert.rejects(one.scripts.createScript({ script: scriptNamed("inventory 2", "x") }, caller), {
      code: "script.name_taken",
    });
    assert.deepEqual((await one.scripts.listScripts({}, stranger)).scripts, []);
    assert.ok((await one.scripts.listScripts({}, caller)).scripts.some(({ name }) => name === "inventory 2"));
    await one.scripts.deleteScript({ id, expectedRevisions: [] }, caller);
    await assert.rejects(one.scripts.getScript({ id }, caller), { code: "script.unknown" });
    assert.equal((await agent.checkIn())[0]?.params["content"], "one");
  });

  it("are listed newest first, page by page", async () => {
    const { deviceId } = await platform.enroll({ agent: 1 });
    for (let index = 0; index < 5; index++)
      await one.commands.enqueueCommands(order([deviceId], withoutScript(CommandType.COMMAND_TYPE_REFETCH)), caller);
    const list = (pageToken: string) =>
      one.commands.listCommands({ deviceId, state: CommandState.COMMAND_STATE_QUEUED, pageSize: 2, pageToken }, caller);
    const pages = [await list("")];
    while (pages.at(-1)?.nextPageToken) pages.push(await list(pages.at(-1)?.nextPageToken ?? ""));
    const ids = pages.flatMap(({ commands }) => commands.map(({ id }) => id));
    assert.deepEqual([pages.length, ids.length, ids], [3, 5, ids.toSorted().toReversed()]);
  });

  it("reach many thousand devices in one request", async () => {
    const ids = Array.from({ length: 10_001 }, () => uuidv7());
    await platform.database.database.tenant(TENANT, (work) =>
      sql`insert into device_channels select ${TENANT}, id, true, false, 0, 0, 1, 1 from unnest(${ids}::uuid[]) as id`.execute(
        work.sql,
      ),
    );
    const { commands } = await one.commands.enqueueCommands(order(ids.slice(1)), caller, { timeoutMs: 60_000 });
    assert.equal(commands.length, 10_000);
    const [first] = commands;
    const [told] = await platform.heard("muster.command.v1.CommandQueued", first?.deviceId ?? "");
    assert.deepEqual(told?.command, first);
    const bodies = await platform.database.database.tenant(TENANT, (work) =>
      sql`select distinct body_id from commands where tenant = ${TENANT} and device_id = any(${ids}::uuid[])`.execute(
        work.sql,
      ),
    );
    assert.equal(bodies.rows.length, 1);
    // More are not listed in the answer.
    const more = await one.commands.enqueueCommands(order(ids), caller, { timeoutMs: 60_000 });
    assert.deepEqual([more.commands.length, more.commandCount], [0, 10_001]);
    const tooMany = Array.from({ length: 100_001 }, () => uuidv7());
    await assert.rejects(one.commands.enqueueCommands(order(tooMany), caller), { code: "command.bad_request" });
  });
});

const scriptNamed = (name: string, content: string) => ({
  id: "",
  name,
  content,
  sha256: "",
  updatedBy: "",
  updatedAt: undefined,
  revision: 0,
});
