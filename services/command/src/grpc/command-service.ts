import type { CommandState, CommandType } from "@muster/contracts/gen/muster/command/v1/command";
import type {
  CommandServiceServer,
  EnqueueCommandsRequest,
} from "@muster/contracts/gen/muster/command/v1/command_service";
import { decodePageToken, pageSize, toPage } from "@muster/postgres/page";
import type { Methods } from "@muster/rpc/server";
import { validate as isUuid } from "uuid";
import type { Command } from "../domain/command.ts";
import { checkOrder, MAX_DEVICES, type RawOrder } from "../domain/order.ts";
import { refuse } from "../domain/refusals.ts";
import { type CommandWithScript, listCommands } from "../storage/command-queries.ts";
import { listLatencyHistory } from "../storage/latency-history.ts";
import { cancelCommand } from "../usecases/cancel-command.ts";
import { commandMessage, STATE_NAMES, TYPE_NAMES } from "../usecases/command-message.ts";
import { type EnqueueDeps, enqueueCommands } from "../usecases/enqueue-commands.ts";
import { type AskInventory, selectedDevices } from "../usecases/select-devices.ts";
import { type UnenrollDeps, unenrollDevice } from "../usecases/unenroll/unenroll-device.ts";
import { getCommand, type WatchDeps, watchCommand } from "../usecases/watch-command.ts";

const TYPES = new Map(entriesOf(TYPE_NAMES).map(([type, name]): [CommandType, Command["type"]] => [name, type]));
const STATES = new Map(entriesOf(STATE_NAMES).map(([state, name]): [CommandState, Command["state"]] => [name, state]));

const whole = ({ command, content }: CommandWithScript) =>
  commandMessage(command, { content, output: command.result?.output ?? "", response: command.result?.apple?.response });

type OrderMessage = Pick<
  EnqueueCommandsRequest,
  "type" | "runScript" | "reason" | "expiresInSeconds" | "apple" | "lock" | "wipe" | "lostMode"
>;

/** What is asked of devices, as a request says it. */
export const rawOrder = (request: OrderMessage, deviceIds: readonly string[]): RawOrder => ({
  deviceIds,
  type: TYPES.get(request.type),
  script: request.runScript,
  reason: request.reason,
  expiresInSeconds: request.expiresInSeconds,
  apple: request.apple && { ...request.apple, parameters: request.apple.parameters ?? {} },
  lock: request.lock,
  wipe: request.wipe,
  lostMode: request.lostMode,
});

interface CommandDeps extends EnqueueDeps, UnenrollDeps, WatchDeps {
  readonly askInventory: AskInventory;
}

export function commandMethods(deps: CommandDeps): Methods<CommandServiceServer> {
  const enqueue = enqueueCommands(deps);
  const cancel = cancelCommand(deps);
  const unenroll = unenrollDevice(deps);
  const watch = watchCommand(deps);
  return {
    enqueueCommands: async (request, caller) => {
      const { selection } = request;
      if (selection !== undefined && request.deviceIds.length > 0)
        throw refuse("command.bad_request", "give either device_ids or selection");
      const deviceIds =
        selection === undefined
          ? request.deviceIds
          : await selectedDevices(deps.askInventory, selection, caller, MAX_DEVICES);
      const order = checkOrder(rawOrder(request, deviceIds));
      const { commands, count, refusals } = await enqueue(order, caller);
      return {
        commands: commands.map((command) => commandMessage(command)),
        commandCount: count,
        refusals: [...refusals],
      };
    },
    unenrollDevice: async ({ deviceId, reason }, caller) => ({ enrollment: await unenroll(deviceId, reason, caller) }),
    getCommand: async ({ id }, { tenant }) => ({
      command: whole(await getCommand(deps.database, tenant, commandId(id))),
    }),
    listCommands: async (request, { tenant }) => {
      const size = pageSize(request.pageSize);
      if (request.deviceId !== "" && !isUuid(request.deviceId)) return { commands: [], nextPageToken: "" };
      const filter = {
        deviceId: request.deviceId === "" ? undefined : request.deviceId,
        state: STATES.get(request.state),
        beforeSeq: placeIn(request.pageToken),
      };
      const rows = await deps.database.tenant(tenant, (work) => listCommands(work.sql, tenant, filter, size + 1));
      const page = toPage(rows, size, (last) => [last.seq]);
      return { commands: page.rows.map((command) => commandMessage(command)), nextPageToken: page.nextPageToken };
    },
    listCommandLatencyHistory: async (request, { tenant }) => ({
      history: await deps.database.tenant(tenant, (work) => listLatencyHistory(work.sql, tenant, request, deps.now())),
    }),
    cancelCommand: async ({ id }, caller) => ({ command: commandMessage(await cancel(commandId(id), caller)) }),
    watchCommand: async function* ({ id }, { tenant }, signal) {
      for await (const found of watch(tenant, commandId(id), signal)) yield { command: whole(found) };
    },
  };
}

function commandId(raw: string): string {
  if (!isUuid(raw)) throw refuse("command.unknown", `there is no command ${raw}`);
  return raw.toLowerCase();
}

function placeIn(token: string): string | undefined {
  const place = decodePageToken(token, 1)?.[0];
  if (place !== undefined && !/^\d{1,18}$/.test(place))
    throw refuse("command.bad_request", "page_token is not one that this list gave");
  return place;
}

function entriesOf<K extends string, V>(record: Readonly<Record<K, V>>): [K, V][] {
  return Object.entries(record) as [K, V][];
}
