import assert from "node:assert/strict";
import { type Command, CommandType } from "@muster/contracts/gen/muster/command/v1/command";
import type { EnqueueCommandsRequest } from "@muster/contracts/gen/muster/command/v1/command_service";
import { sql } from "kysely";
import type { CommandProcess } from "./command-process.ts";
import type { TestDevice } from "./device-certificate.ts";
import { TestAgent } from "./test-agent.ts";
import { TENANT, type TestPlatform } from "./test-platform.ts";

export const caller = { tenant: TENANT, actor: "ada@example.com" };

/** Asks these devices to run a script, unless `rest` says something else. */
export const order = (deviceIds: string[], rest: Partial<EnqueueCommandsRequest> = {}): EnqueueCommandsRequest => ({
  deviceIds,
  type: CommandType.COMMAND_TYPE_RUN_SCRIPT,
  runScript: { content: "echo hello", scriptId: "", timeoutSeconds: 0 },
  reason: "test",
  expiresInSeconds: 0,
  apple: undefined,
  lock: undefined,
  wipe: undefined,
  lostMode: undefined,
  selection: undefined,
  ...rest,
});

export const withoutScript = (type: CommandType): Partial<EnqueueCommandsRequest> => ({ type, runScript: undefined });

/** An order by Apple's own name for it; where `rawPlist` says it all, the name is empty. */
export const appleOrder = (
  requestType: string,
  parameters: object = {},
  rest: { readonly rawPlist?: string; readonly userId?: string } = {},
): Partial<EnqueueCommandsRequest> => ({
  ...withoutScript(CommandType.COMMAND_TYPE_APPLE),
  apple: { requestType, parameters: { ...parameters }, rawPlist: "", userId: "", ...rest },
});

export interface Orders {
  /** Asks one device that has to take it; the command's id. */
  ask(deviceId: string, rest: Partial<EnqueueCommandsRequest>): Promise<string>;
  /** One command for a new device with the agent, and the agent. */
  enqueued(
    rest?: Partial<EnqueueCommandsRequest>,
  ): Promise<{ readonly device: TestDevice; readonly agent: TestAgent; readonly id: string }>;
  get(id: string): Promise<Command>;
  /** The results of a device that changed nothing. */
  strays(deviceId: string): Promise<{ command_id: string; kind: string; times: number }[]>;
}

export const ordersTo = (service: CommandProcess, platform: TestPlatform): Orders => ({
  enqueued: async (rest = {}) => {
    const device = await platform.enroll({ agent: 1 });
    const agent = await TestAgent.of(service.url, device);
    const { commands } = await service.commands.enqueueCommands(order([device.deviceId], rest), caller);
    return { device, agent, id: commands[0]?.id ?? "" };
  },
  ask: async (deviceId, rest) => {
    const { commands, refusals } = await service.commands.enqueueCommands(order([deviceId], rest), caller);
    return commands[0]?.id ?? assert.fail(JSON.stringify(refusals));
  },
  get: async (id) => {
    const { command } = await service.commands.getCommand({ id }, caller);
    assert.ok(command);
    return command;
  },
  strays: (deviceId) =>
    platform.database.database.tenant(TENANT, async (work) => {
      const { rows } = await sql<{ command_id: string; kind: string; times: number }>`
        select command_id, kind, times from stray_results where tenant = ${TENANT} and device_id = ${deviceId}
        order by kind`.execute(work.sql);
      return rows;
    }),
});
