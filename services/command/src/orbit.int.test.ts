import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, describe, it } from "node:test";
import { CommandState, CommandType } from "@muster/contracts/gen/muster/command/v1/command";
import { sql } from "kysely";
import { v7 as uuidv7 } from "uuid";
import { WebSocket } from "ws";
import { type CommandProcess, nodeKeySigner, startCommand } from "./testing/command-process.ts";
import { caller, order } from "./testing/orders.ts";
import { startTestPlatform, TENANT, type TestPlatform } from "./testing/test-platform.ts";

const CAPABILITIES = "orbit_endpoints,token_rotation,end_user_email";

interface OrbitConfig {
  readonly script_execution_timeout: number;
  readonly websocket_transport: object;
  readonly notifications: { readonly pending_script_execution_ids: string[] };
}

describe("fleetd", () => {
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

  const send = (path: string, body: unknown, method = "POST") =>
    fetch(`${service.url}/api/fleet/orbit/${path}`, { method, body: JSON.stringify(body) });

  const enrolled = async (generation = 1) => {
    const { deviceId } = await platform.enroll({ orbit: generation });
    const nodeKey = nodeKeySigner.issue({ tenant: TENANT, deviceId, method: "orbit", generation });
    const post = async (path: string, fields: object = {}) => {
      const answer = await send(path, { orbit_node_key: nodeKey, ...fields });
      assert.equal(answer.status, 200, path);
      return (await answer.json()) as Record<string, unknown>;
    };
    const pending = async () =>
      ((await post("config")) as unknown as OrbitConfig).notifications.pending_script_execution_ids;
    return { deviceId, nodeKey, post, pending };
  };

  const askToRun = async (deviceId: string, content = "echo hello") => {
    const runScript = { content, scriptId: "", timeoutSeconds: 60 };
    const type = CommandType.COMMAND_TYPE_RUN_SCRIPT;
    const { commands } = await service.commands.enqueueCommands(order([deviceId], { type, runScript }), caller);
    return commands[0]?.id ?? "";
  };

  const socketOf = (nodeKey: string) =>
    new WebSocket(`${service.url.replace("http", "ws")}/api/fleet/orbit/notifications`, {
      headers: { authorization: `Node key ${nodeKey}` },
    });

  const nextFrame = async (socket: WebSocket): Promise<unknown> => {
    const [data] = (await once(socket, "message")) as [Buffer];
    return JSON.parse(data.toString());
  };

  it("is told what the server can do before it shows who it is", async () => {
    for (const method of ["HEAD", "GET"]) {
      const answer = await fetch(`${service.url}/api/fleet/orbit/ping`, { method });
      assert.deepEqual([answer.status, answer.headers.get("x-fleet-capabilities")], [200, CAPABILITIES]);
    }
  });

  it("gets a whole configuration, without what it would act on though it is empty", async () => {
    const { nodeKey } = await enrolled();
    const config = (await (await send("config", { orbit_node_key: nodeKey })).json()) as OrbitConfig;
    assert.deepEqual(config.websocket_transport, { enabled: true });
    for (const name of ["command_line_startup_flags", "extensions", "update_channels"])
      assert.ok(!(name in config), name);
    assert.deepEqual(config.notifications.pending_script_execution_ids, []);
  });

  it("is told with every answer what the server can do", async () => {
    const { nodeKey } = await enrolled();
    for (const path of ["config", "device_token", "setup_experience/init", "luks_data"]) {
      const answer = await send(path, { orbit_node_key: nodeKey, device_auth_token: uuidv7() });
      assert.equal(answer.headers.get("x-fleet-capabilities"), CAPABILITIES, path);
      await answer.text();
    }
  });

  it("is refused in its own words with a key that is none, of another protocol, or of an earlier enrollment", async () => {
    const { deviceId } = await enrolled(2);
    const identity = { tenant: TENANT, deviceId, generation: 2 } as const;
    const keys = [
      undefined,
      "nonsense",
      nodeKeySigner.issue({ ...identity, method: "osquery" }),
      nodeKeySigner.issue({ ...identity, method: "orbit", generation: 1 }),
    ];
    for (const key of keys) {
      for (const path of ["config", "scripts/request", "device_token"]) {
        const answer = await send(path, { orbit_node_key: key });
        const { message, errors } = (await answer.json()) as { message: string; errors: { name: string }[] };
        assert.deepEqual([answer.status, message, errors[0]?.name], [401, "Authentication required", "base"]);
      }
    }
  });

  it("runs a script once and tells how it ended", async () => {
    const { deviceId, post, pending } = await enrolled();
    const id = await askToRun(deviceId);
    assert.deepEqual(await pending(), [id]);
    const details = await post("scripts/request", { execution_id: id });
    assert.deepEqual(
      [details["execution_id"], details["script_contents"], details["exit_code"]],
      [id, "echo hello", null],
    );
    assert.equal(typeof details["host_id"], "number");
    await platform.heard("muster.command.v1.CommandDelivered", deviceId);
    assert.deepEqual(await pending(), []);
    const result = {
      host_id: details["host_id"],
      execution_id: id,
      output: "hello\n",
      runtime: 2,
      exit_code: 0,
      timeout: 60,
    };
    assert.deepEqual(await post("scripts/result", result), {});
    assert.deepEqual(await post("scripts/result", { ...result, exit_code: 1 }), {});
    const { command } = await service.commands.getCommand({ id }, caller);
    assert.deepEqual([command?.state, command?.result?.output], [CommandState.COMMAND_STATE_ACKNOWLEDGED, "hello\n"]);
    await platform.heard("muster.command.v1.CommandAcknowledged", deviceId);
  });

  it("says by the exit code that a script failed, ran out of time, or that scripts are off", async () => {
    const { deviceId, post } = await enrolled();
    const reasons: [number, string][] = [
      [7, "exit_code"],
      [-1, "timeout"],
      [-2, "scripts_disabled"],
    ];
    for (const [exitCode, reason] of reasons) {
      const id = await askToRun(deviceId);
      await post("scripts/request", { execution_id: id });
      await post("scripts/result", { execution_id: id, output: "", runtime: 1, exit_code: exitCode, timeout: 60 });
      const { command } = await service.commands.getCommand({ id }, caller);
      assert.deepEqual([command?.state, command?.result?.reason], [CommandState.COMMAND_STATE_FAILED, reason]);
    }
  });

  it("says that scripts are off without having fetched the script", async () => {
    const { deviceId, post, pending } = await enrolled();
    const id = await askToRun(deviceId);
    await post("scripts/result", { execution_id: id, output: "Scripts are disabled", exit_code: -2 });
    const { command } = await service.commands.getCommand({ id }, caller);
    assert.deepEqual(
      [command?.state, command?.result?.reason],
      [CommandState.COMMAND_STATE_FAILED, "scripts_disabled"],
    );
    assert.deepEqual(await pending(), []);
  });

  it("does not get a script that is not for it, or a second time", async () => {
    const [mine, other] = [await enrolled(), await enrolled()];
    const id = await askToRun(mine.deviceId);
    for (const execution_id of [id, uuidv7(), "x"]) {
      const answer = await send("scripts/request", { orbit_node_key: other.nodeKey, execution_id });
      assert.equal(answer.status, 404);
    }
    await mine.post("scripts/request", { execution_id: id });
    assert.equal((await send("scripts/request", { orbit_node_key: mine.nodeKey, execution_id: id })).status, 404);
  });

  it("is woken over its WebSocket for commands and for questions", async () => {
    const { deviceId, nodeKey } = await enrolled();
    const socket = socketOf(nodeKey);
    // Questions may be waiting, and it asks for none by itself while its socket is open.
    assert.deepEqual(await nextFrame(socket), { type: "distributed/read", reason: "refetch", data: null });
    const forCommands = nextFrame(socket);
    await askToRun(deviceId);
    assert.deepEqual(await forCommands, { type: "orbit/config", reason: "activity", data: null });
    for (const subject of [`wake.device.${TENANT}.${deviceId}`, `wake.tenant.${TENANT}`]) {
      const forQueries = nextFrame(socket);
      platform.bus.bus.publish(subject, "queries");
      assert.deepEqual(await forQueries, { type: "distributed/read", reason: "refetch", data: null });
    }
    const ended = once(socket, "close");
    const successor = socketOf(nodeKey);
    assert.deepEqual((await ended)[0], 1001);
    successor.terminate();
  });

  it("gets no WebSocket with a bad key, and none elsewhere", async () => {
    const refused = async (socket: WebSocket) => {
      const [, response] = (await once(socket, "unexpected-response")) as [unknown, { statusCode: number }];
      return response.statusCode;
    };
    assert.equal(await refused(socketOf("nonsense")), 401);
    assert.equal(await refused(new WebSocket(`${service.url.replace("http", "ws")}/agent/v1/stream`)), 404);
  });

  it("has a page for its user behind a token, which only its hash is kept of", async () => {
    const [mine, other] = [await enrolled(), await enrolled()];
    const token = uuidv7();
    const get = (method: string, path: string) => fetch(`${service.url}/api/latest/fleet/device/${path}`, { method });
    assert.equal((await get("HEAD", `${token}/ping`)).status, 401);
    await mine.post("device_token", { device_auth_token: token });
    assert.equal((await get("HEAD", `${token}/ping`)).status, 200);
    assert.equal((await fetch(`${service.url}/api/fleet/device/ping`, { method: "HEAD" })).status, 200);
    assert.equal((await send("device_token", { orbit_node_key: other.nodeKey, device_auth_token: token })).status, 409);
    // Policy cannot be asked in this test, and the page comes all the same.
    const desktop = (await (await get("GET", `${token}/desktop`)).json()) as { failing_policies_count: number };
    assert.equal(desktop.failing_policies_count, 0);
    const rotated = uuidv7();
    await mine.post("device_token", { device_auth_token: rotated });
    assert.deepEqual(
      [(await get("HEAD", `${token}/ping`)).status, (await get("HEAD", `${rotated}/ping`)).status],
      [401, 200],
    );
    const transparency = `${service.url}/api/latest/fleet/device/${rotated}/transparency`;
    assert.equal((await fetch(transparency, { redirect: "manual" })).status, 303);
    const page = await fetch(`${service.url}/device/${rotated}/policies`, { redirect: "manual" });
    const link = page.headers.get("location") ?? "";
    assert.deepEqual(
      [page.status, page.headers.get("cache-control"), link.includes(rotated)],
      [303, "no-store", false],
    );
    const opened = await service.owners.redeemOwnerLink({ token: link.split("/").at(-1) ?? "" }, caller);
    assert.equal(opened.deviceId, mine.deviceId);
    assert.equal((await fetch(`${service.url}/device/${token}`, { redirect: "manual" })).status, 401);
    await platform.database.database.tenant(TENANT, (work) =>
      sql`update orbit_devices set token_at = token_at - interval '2 hours' where device_id = ${mine.deviceId}`.execute(
        work.sql,
      ),
    );
    assert.equal((await fetch(`${service.url}/device/${rotated}`, { redirect: "manual" })).status, 401);
    assert.equal((await get("HEAD", `${rotated}/ping`)).status, 401);
    assert.equal(
      (await send("device_mapping", { orbit_node_key: mine.nodeKey, email: "ada@example.com" }, "PUT")).status,
      200,
    );
  });

  it("is told that there is nothing else to do", async () => {
    const { nodeKey, post } = await enrolled();
    const status = async (path: string) => (await send(path, { orbit_node_key: nodeKey })).status;
    assert.deepEqual(
      await Promise.all(["software_install/result", "disk_encryption_key", "luks_data"].map(status)),
      [204, 204, 204],
    );
    assert.deepEqual(
      await Promise.all(["software_install/details", "software_install/package?alt=media"].map(status)),
      [404, 404],
    );
    assert.deepEqual(await post("setup_experience/init"), { result: { enabled: false } });
    assert.ok((await post("setup_experience/status"))["setup_experience_results"]);
    assert.equal((await send("disk_encryption_key", {})).status, 401);
  });

  it("is told to go when the service stops", async () => {
    const { nodeKey } = await enrolled();
    const leaving = await startCommand(platform.database.url, platform.bus.url);
    const socket = new WebSocket(`${leaving.url.replace("http", "ws")}/api/fleet/orbit/notifications`, {
      headers: { authorization: `Node key ${nodeKey}` },
    });
    await once(socket, "open");
    const closed = once(socket, "close");
    assert.equal(await leaving.stop(), 0);
    assert.equal((await closed)[0], 1001);
    assert.doesNotMatch(leaving.log(), /"level":"error"/);
  });
});
