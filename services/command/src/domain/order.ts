import { validate as isUuid } from "uuid";
import type { CommandType } from "./command.ts";
import { refuse } from "./refusals.ts";
import { checkScriptContent } from "./script.ts";

const MAX_DEVICES = 10_000;
const MAX_REASON = 1_000;
const DEFAULT_TIMEOUT_SECONDS = 300;
const MAX_TIMEOUT_SECONDS = 3_600;
export const MAX_EXPIRY_SECONDS = 30 * 24 * 3_600;

const DEFAULT_EXPIRY_SECONDS = {
  run_script: 24 * 3_600,
  refetch: 6 * 3_600,
  restart: 24 * 3_600,
  shutdown: 24 * 3_600,
} as const satisfies Record<CommandType, number>;

export interface ScriptOrder {
  /** The script itself; empty when a saved one is named. */
  readonly content: string;
  /** The saved script; empty for free text. */
  readonly scriptId: string;
  readonly timeoutSeconds: number;
}

/** What some devices are asked to do, checked. */
export interface Order {
  /** As they were named; an id that is no UUID is simply one that nobody has. */
  readonly deviceIds: readonly string[];
  readonly type: CommandType;
  readonly script: ScriptOrder | undefined;
  readonly reason: string;
  readonly expiresInSeconds: number;
}

interface RawOrder {
  readonly deviceIds: readonly string[];
  readonly type: CommandType | undefined;
  readonly script: ScriptOrder | undefined;
  readonly reason: string;
  readonly expiresInSeconds: number;
}

/** Reads what was asked for, fills in what was left open, and refuses what makes no sense with what to do about it. */
export function checkOrder(raw: RawOrder): Order {
  const bad = (message: string) => refuse("command.bad_request", message);
  const deviceIds = [...new Set(raw.deviceIds.map((id) => id.toLowerCase()))];
  if (deviceIds.length === 0) throw bad("device_ids is empty: name at least one device");
  if (deviceIds.length > MAX_DEVICES)
    throw bad(`device_ids has ${deviceIds.length} devices, at most ${MAX_DEVICES} are asked in one go`);
  if (raw.type === undefined) throw bad("type is not stated: say what the devices are asked to do");
  if (raw.reason.length > MAX_REASON || raw.reason.includes("\0"))
    throw bad(`reason has at most ${MAX_REASON} characters of text`);
  const { expiresInSeconds } = raw;
  if (expiresInSeconds < 0 || expiresInSeconds > MAX_EXPIRY_SECONDS)
    throw bad(`expires_in_seconds is 0 to ${MAX_EXPIRY_SECONDS}`);
  return {
    deviceIds,
    type: raw.type,
    script: checkScriptOrder(raw.type, raw.script),
    reason: raw.reason,
    expiresInSeconds: expiresInSeconds === 0 ? DEFAULT_EXPIRY_SECONDS[raw.type] : expiresInSeconds,
  };
}

function checkScriptOrder(type: CommandType, script: ScriptOrder | undefined): ScriptOrder | undefined {
  const bad = (message: string) => refuse("command.bad_request", message);
  if (type !== "run_script") {
    if (script !== undefined) throw bad(`run_script belongs to script commands, not to ${type}`);
    return undefined;
  }
  if (script === undefined || (script.content === "") === (script.scriptId === "")) {
    throw bad("run_script needs either content or script_id");
  }
  if (script.scriptId === "") checkScriptContent(script.content);
  else if (!isUuid(script.scriptId)) throw refuse("script.unknown", `there is no script ${script.scriptId}`);
  const { timeoutSeconds } = script;
  if (timeoutSeconds < 0 || timeoutSeconds > MAX_TIMEOUT_SECONDS)
    throw bad(`timeout_seconds is 0 to ${MAX_TIMEOUT_SECONDS}`);
  return { ...script, timeoutSeconds: timeoutSeconds === 0 ? DEFAULT_TIMEOUT_SECONDS : timeoutSeconds };
}
