import type { AbmDevice } from "../domain/automated/abm-device.ts";
import { AbmError } from "../domain/automated/abm-error.ts";
import type { AppleAccount } from "../domain/automated/automated-server.ts";
import type { BetaToken, DeviceAnswer, DevicePage } from "../usecases/automated/ports.ts";

type Json = Readonly<Record<string, unknown>>;

const unreadable = (what: string) => new AbmError("unreadable", `Apple's answer is not as promised: ${what}`);

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The object that an answer is. Throws AbmError. */
export function objectIn(text: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new AbmError("unreadable", "Apple's answer is no JSON", { cause: error });
  }
  if (!isObject(value)) throw unreadable("it is no object");
  return value;
}

// No column of Postgres takes a NUL.
const textAt = (json: Json, key: string): string => {
  const value = json[key];
  return typeof value === "string" ? value.replaceAll("\0", "").slice(0, 500) : "";
};

export function requiredText(json: Json, key: string): string {
  const value = json[key];
  if (typeof value !== "string" || value === "") throw unreadable(`${key} is missing`);
  return value;
}

const timeAt = (json: Json, key: string): Date | undefined => {
  const time = Date.parse(textAt(json, key));
  return Number.isNaN(time) ? undefined : new Date(time);
};

export const readAccount = (text: string): AppleAccount => {
  const account = objectIn(text);
  return {
    serverName: textAt(account, "server_name"),
    serverUuid: requiredText(account, "server_uuid"),
    organization: textAt(account, "org_name"),
  };
};

const CHANGES = ["added", "modified", "deleted"] as const;

function readDevice(value: unknown): AbmDevice {
  if (!isObject(value)) throw unreadable("a device is no object");
  return {
    serialNumber: requiredText(value, "serial_number"),
    model: textAt(value, "model"),
    description: textAt(value, "description"),
    color: textAt(value, "color"),
    assetTag: textAt(value, "asset_tag"),
    deviceFamily: textAt(value, "device_family"),
    os: textAt(value, "os"),
    profileStatus: textAt(value, "profile_status"),
    profileUuid: textAt(value, "profile_uuid"),
    assignedAt: timeAt(value, "device_assigned_date"),
    change: CHANGES.find((change) => change === value["op_type"]),
    changedAt: timeAt(value, "op_date"),
    migrationDeadline: timeAt(value, "mdm_migration_deadline"),
  };
}

export function readPage(text: string): DevicePage {
  const page = objectIn(text);
  const { devices } = page;
  if (!Array.isArray(devices)) throw unreadable("devices is no list");
  return {
    devices: devices.map(readDevice),
    cursor: requiredText(page, "cursor"),
    moreToFollow: page["more_to_follow"] === true,
  };
}

export const readProfileUuid = (text: string): string => requiredText(objectIn(text), "profile_uuid");

/** The beta programs, then those of single builds. */
export function readBetaTokens(text: string): BetaToken[] {
  const { betaEnrollmentTokens = [], seedBuildTokens = [] } = objectIn(text);
  return [betaEnrollmentTokens, seedBuildTokens].flatMap((list) => {
    if (!Array.isArray(list)) throw unreadable("the beta programs are no list");
    return list
      .filter(isObject)
      .map((each) => ({ title: textAt(each, "title"), os: textAt(each, "os"), token: requiredText(each, "token") }));
  });
}

export const readLockResult = (text: string): string => requiredText(objectIn(text), "response_status").slice(0, 100);

const ANSWERS = ["SUCCESS", "NOT_ACCESSIBLE", "FAILED", "THROTTLED"] as const;

/** What is answered for each device; an answer that is not known counts as FAILED, and none at all too. */
export function readAnswers(text: string, serialNumbers: readonly string[]): Map<string, DeviceAnswer> {
  const { devices, retry_after_seconds: seconds } = objectIn(text);
  if (!isObject(devices)) throw unreadable("devices is no object");
  const retryAfterMs = typeof seconds === "number" && seconds > 0 ? seconds * 1_000 : undefined;
  return new Map(
    serialNumbers.map((serial) => {
      const answer = ANSWERS.find((each) => each === devices[serial]) ?? "FAILED";
      return [serial, { answer, retryAfterMs: answer === "THROTTLED" ? retryAfterMs : undefined }];
    }),
  );
}
