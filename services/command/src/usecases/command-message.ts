import {
  type Command as CommandMessage,
  type CommandResult,
  CommandState,
  CommandType,
} from "@muster/contracts/gen/muster/command/v1/command";
import type { Command } from "../domain/command.ts";

export const TYPE_NAMES = {
  run_script: CommandType.COMMAND_TYPE_RUN_SCRIPT,
  refetch: CommandType.COMMAND_TYPE_REFETCH,
  restart: CommandType.COMMAND_TYPE_RESTART,
  shutdown: CommandType.COMMAND_TYPE_SHUTDOWN,
} as const satisfies Record<Command["type"], CommandType>;

export const STATE_NAMES = {
  queued: CommandState.COMMAND_STATE_QUEUED,
  delivered: CommandState.COMMAND_STATE_DELIVERED,
  running: CommandState.COMMAND_STATE_RUNNING,
  acknowledged: CommandState.COMMAND_STATE_ACKNOWLEDGED,
  failed: CommandState.COMMAND_STATE_FAILED,
  expired: CommandState.COMMAND_STATE_EXPIRED,
  cancelled: CommandState.COMMAND_STATE_CANCELLED,
} as const satisfies Record<Command["state"], CommandState>;

/** What of a command is for the asker's eyes only. Events and lists leave it out. */
export interface Inside {
  readonly content: string;
  readonly output: string;
}

const NOTHING_INSIDE: Inside = { content: "", output: "" };

export function commandMessage(command: Command, inside: Inside = NOTHING_INSIDE): CommandMessage {
  const { script } = command;
  return {
    id: command.id,
    deviceId: command.deviceId,
    type: TYPE_NAMES[command.type],
    state: STATE_NAMES[command.state],
    runScript:
      script === undefined
        ? undefined
        : { content: inside.content, scriptId: script.scriptId, timeoutSeconds: script.timeoutSeconds },
    result: resultMessage(command, inside.output),
    createdBy: command.createdBy,
    reason: command.reason,
    createdAt: command.createdAt,
    deliveredAt: command.deliveredAt,
    endedAt: command.endedAt,
    expiresAt: command.expiresAt,
    deliveries: command.deliveries,
    version: command.version,
    apple: undefined,
  };
}

function resultMessage({ result }: Command, output: string): CommandResult | undefined {
  if (result === undefined) return undefined;
  return {
    exitCode: result.exitCode ?? 0,
    output,
    outputTruncated: result.outputTruncated,
    reason: result.reason,
    startedAt: result.startedAt,
    endedAt: result.endedAt,
    appleResponse: undefined,
    appleErrors: [],
  };
}
