import {
  type AppleCommand,
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
  apple: CommandType.COMMAND_TYPE_APPLE,
  lock: CommandType.COMMAND_TYPE_LOCK,
  wipe: CommandType.COMMAND_TYPE_WIPE,
  clear_passcode: CommandType.COMMAND_TYPE_CLEAR_PASSCODE,
  enable_lost_mode: CommandType.COMMAND_TYPE_ENABLE_LOST_MODE,
  disable_lost_mode: CommandType.COMMAND_TYPE_DISABLE_LOST_MODE,
  locate: CommandType.COMMAND_TYPE_LOCATE,
  unenroll: CommandType.COMMAND_TYPE_UNENROLL,
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
  /** What an Apple device answered. */
  readonly response: Readonly<Record<string, unknown>> | undefined;
}

const NOTHING_INSIDE: Inside = { content: "", output: "", response: undefined };

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
    result: resultMessage(command, inside),
    createdBy: command.createdBy,
    reason: command.reason,
    createdAt: command.createdAt,
    deliveredAt: command.deliveredAt,
    endedAt: command.endedAt,
    expiresAt: command.expiresAt,
    deliveries: command.deliveries,
    version: command.version,
    apple: appleMessage(command),
  };
}

const appleMessage = ({ apple }: Command): AppleCommand | undefined =>
  apple === undefined
    ? undefined
    : { requestType: apple.requestType, parameters: undefined, rawPlist: "", userId: apple.userId };

function resultMessage({ result }: Command, { output, response }: Inside): CommandResult | undefined {
  if (result === undefined) return undefined;
  return {
    exitCode: result.exitCode ?? 0,
    output,
    outputTruncated: result.outputTruncated,
    reason: result.reason,
    startedAt: result.startedAt,
    endedAt: result.endedAt,
    appleResponse: response,
    appleErrors: [...(result.apple?.errors ?? [])],
  };
}
