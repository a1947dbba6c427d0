import { isXmlText } from "@muster/apple-protocol/plist/xml-scalars";
import { validate as isUuid } from "uuid";
import { type AppleOrder, checkAppleOrder } from "./apple/apple-order.ts";
import type { GenericOrder, LockOrder, LostModeOrder, WipeOrder } from "./apple/generic-orders.ts";
import type { CommandType } from "./command.ts";
import { refuse } from "./refusals.ts";
import { checkScriptContent } from "./script.ts";

export const MAX_DEVICES = 100_000;
const MAX_REASON = 1_000;
const DEFAULT_TIMEOUT_SECONDS = 300;
const MAX_TIMEOUT_SECONDS = 3_600;
export const MAX_EXPIRY_SECONDS = 30 * 24 * 3_600;

const DEFAULT_EXPIRY_SECONDS = {
  run_script: 24 * 3_600,
  refetch: 6 * 3_600,
  restart: 24 * 3_600,
  shutdown: 24 * 3_600,
  apple: 7 * 24 * 3_600,
  lock: 30 * 24 * 3_600,
  wipe: 30 * 24 * 3_600,
  clear_passcode: 24 * 3_600,
  enable_lost_mode: 30 * 24 * 3_600,
  disable_lost_mode: 7 * 24 * 3_600,
  locate: 24 * 3_600,
  unenroll: 24 * 3_600,
} as const satisfies Record<CommandType, number>;

export interface ScriptOrder {
  /** The script itself; empty when a saved one is named. */
  readonly content: string;
  /** The saved script; empty for free text. */
  readonly scriptId: string;
  readonly timeoutSeconds: number;
}

/** What some devices are asked to do, checked. */
export interface Order extends GenericOrder {
  /** As they were named; an id that is no UUID is simply one that nobody has. */
  readonly deviceIds: readonly string[];
  readonly script: ScriptOrder | undefined;
  readonly reason: string;
  readonly expiresInSeconds: number;
}

export interface RawOrder {
  readonly deviceIds: readonly string[];
  readonly type: CommandType | undefined;
  readonly script: ScriptOrder | undefined;
  readonly reason: string;
  readonly expiresInSeconds: number;
  readonly apple: AppleOrder | undefined;
  readonly lock: LockOrder | undefined;
  readonly wipe: WipeOrder | undefined;
  readonly lostMode: LostModeOrder | undefined;
}

/** Reads what was asked for, fills in what was left open, and refuses what makes no sense with what to do about it. */
export function checkOrder(raw: RawOrder, atMost = MAX_DEVICES): Order {
  const bad = (message: string) => refuse("command.bad_request", message);
  const deviceIds = [...new Set(raw.deviceIds.map((id) => id.toLowerCase()))];
  if (deviceIds.length === 0) throw bad("device_ids is empty: name at least one device");
  if (deviceIds.length > atMost)
    throw bad(`device_ids has ${deviceIds.length} devices, at most ${atMost} are asked in one go`);
  if (raw.type === undefined) throw bad("type is not stated: say what the devices are asked to do");
  const { expiresInSeconds } = raw;
  if (expiresInSeconds < 0 || expiresInSeconds > MAX_EXPIRY_SECONDS)
    throw bad(`expires_in_seconds is 0 to ${MAX_EXPIRY_SECONDS}`);
  return {
    deviceIds,
    type: raw.type,
    script: checkScriptOrder(raw.type, raw.script),
    apple: appleOrder(raw.type, raw.apple),
    lock: only("lock", raw.type, raw.lock),
    wipe: only("wipe", raw.type, raw.wipe),
    lostMode: only("enable_lost_mode", raw.type, raw.lostMode),
    reason: checkReason(raw.reason),
    expiresInSeconds: expiresInSeconds === 0 ? DEFAULT_EXPIRY_SECONDS[raw.type] : expiresInSeconds,
  };
}

export function checkReason(reason: string): string {
  if (reason.length > MAX_REASON || reason.includes("\0"))
    throw refuse("command.bad_request", `reason has at most ${MAX_REASON} characters of text`);
  return reason;
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

function appleOrder(type: CommandType, apple: AppleOrder | undefined): AppleOrder | undefined {
  const given = only("apple", type, apple);
  if (type !== "apple") return undefined;
  if (given === undefined) throw refuse("command.bad_request", "apple is missing: name the request_type");
  return checkAppleOrder(given);
}

const PIN = /^\d{6}$/;

/** What belongs to one type of command, and is refused with every other. */
function only<T extends object>(belongs: CommandType, type: CommandType, part: T | undefined): T | undefined {
  if (part === undefined) return undefined;
  const bad = (message: string) => refuse("command.bad_request", message);
  if (type !== belongs) throw bad(`what belongs to ${belongs} commands was given with ${type}`);
  if (Object.values(part).some((each) => typeof each === "string" && !isXmlText(each)))
    throw bad(`${type} has text that no device can be told: take out its control characters`);
  if ("pin" in part && part.pin !== "" && !PIN.test(String(part.pin))) throw bad("pin has to be six digits");
  return part;
}
