import { isDict, type PlistDict, type PlistValue } from "@muster/apple-protocol/plist/value";
import { ENROLLMENT_PROFILE } from "@muster/device-identity/enrollment-profile";
import type { Finding } from "./finding.ts";
import { isKnownPayload, type Kind, PAYLOAD_FACTS, type PayloadFacts, SERVER_ONLY } from "./payload-types.ts";
import { namesIn, VARIABLES } from "./variables.ts";

/** What the profile is for, as far as it decides what may stand in it. */
export interface Purpose {
  readonly userChannel: boolean;
  readonly platforms: readonly string[];
}

/** All there is to say about a profile. */
export interface Checked {
  readonly problems: readonly Finding[];
  readonly warnings: readonly Finding[];
  readonly identifier: string;
  readonly payloadTypes: readonly string[];
  readonly variables: readonly string[];
}

/** Checks a profile, and finds everything that is wrong with it at once. */
export function checkProfile(profile: PlistDict, purpose: Purpose): Checked {
  const problems: Finding[] = [];
  const warnings: Finding[] = [];
  const types: string[] = [];
  const content = profile["PayloadContent"];
  problems.push(...headProblems(profile, "", "Configuration"), ...topProblems(profile, purpose));
  const payloads = Array.isArray(content) ? (content as readonly PlistValue[]) : [];
  if (!Array.isArray(content) || payloads.length === 0)
    problems.push({ path: "PayloadContent", message: "has to be a list with at least one payload" });
  for (const [index, payload] of payloads.entries()) {
    const path = `PayloadContent[${index}]`;
    if (!isDict(payload)) {
      problems.push({ path, message: "has to be a dictionary" });
      continue;
    }
    problems.push(...headProblems(payload, path, undefined));
    const type = payload["PayloadType"];
    if (typeof type !== "string" || type === "") continue;
    if (!types.includes(type)) types.push(type);
    problems.push(...payloadProblems(payload, type, path, purpose));
    warnings.push(...payloadWarnings(type, path, purpose));
  }
  problems.push(...repeated([profile, ...payloads]));
  const variables = new Set<string>();
  problems.push(...variableProblems(profile, "", variables));
  const identifier = profile["PayloadIdentifier"];
  return {
    problems,
    warnings,
    identifier: typeof identifier === "string" ? identifier : "",
    payloadTypes: types,
    variables: [...variables].sort(),
  };
}

/** The keys that every payload has, and the profile itself. */
function headProblems(payload: PlistDict, path: string, type: string | undefined): Finding[] {
  const found: Finding[] = [];
  const at = (key: string) => (path === "" ? key : `${path}.${key}`);
  for (const key of ["PayloadType", "PayloadIdentifier", "PayloadUUID"]) {
    const value = payload[key];
    if (typeof value !== "string" || value === "")
      found.push({ path: at(key), message: value === undefined ? "is missing" : "has to be a text" });
  }
  if (type !== undefined && typeof payload["PayloadType"] === "string" && payload["PayloadType"] !== type)
    found.push({ path: at("PayloadType"), message: `has to be ${type}` });
  if (payload["PayloadVersion"] !== 1) found.push({ path: at("PayloadVersion"), message: "has to be the number 1" });
  return found;
}

function topProblems(profile: PlistDict, { userChannel }: Purpose): Finding[] {
  const found: Finding[] = [];
  const scope = profile["PayloadScope"];
  if (scope !== undefined && scope !== "System" && scope !== "User")
    found.push({ path: "PayloadScope", message: "has to be System or User" });
  if (scope === "User" && !userChannel)
    found.push({ path: "PayloadScope", message: "is User: set user_channel, or make it System" });
  if (scope === "System" && userChannel)
    found.push({ path: "PayloadScope", message: "is System: leave user_channel out, or make it User" });
  if (profile["EncryptedPayloadContent"] !== undefined)
    found.push({ path: "EncryptedPayloadContent", message: "is for one device only: give the profile unencrypted" });
  // A device would put it in the place of the profile that it is managed by.
  if (profile["PayloadIdentifier"] === ENROLLMENT_PROFILE)
    found.push({
      path: "PayloadIdentifier",
      message: `${ENROLLMENT_PROFILE} is the enrollment profile's: choose another`,
    });
  return found;
}

function payloadProblems(payload: PlistDict, type: string, path: string, { userChannel }: Purpose): Finding[] {
  if (SERVER_ONLY.has(type))
    return [{ path: `${path}.PayloadType`, message: `${type} is made by the platform alone: take it out` }];
  const { deviceOnly, required = {} } = factsOf(type);
  const found: Finding[] = [];
  if (deviceOnly && userChannel)
    found.push({ path: `${path}.PayloadType`, message: `${type} does not go over a user's channel` });
  for (const [key, kind] of Object.entries(required)) {
    const value = payload[key];
    if (value === undefined) found.push({ path: `${path}.${key}`, message: `is missing, and ${type} needs it` });
    else if (!isOfKind(value, kind)) found.push({ path: `${path}.${key}`, message: `has to be a ${kind}` });
  }
  return found;
}

const PLATFORMS: Readonly<Record<string, string>> = {
  PLATFORM_MACOS: "macos",
  PLATFORM_IOS: "ios",
  PLATFORM_IPADOS: "ios",
  PLATFORM_TVOS: "tvos",
  PLATFORM_VISIONOS: "visionos",
  PLATFORM_WATCHOS: "watchos",
};

function payloadWarnings(type: string, path: string, { platforms }: Purpose): Finding[] {
  const where = `${path}.PayloadType`;
  if (!isKnownPayload(type) && !SERVER_ONLY.has(type))
    return [{ path: where, message: `${type} is no payload type that Apple documents` }];
  const { only, supervised } = factsOf(type);
  const found: Finding[] = [];
  const others = platforms.filter((each) => only !== undefined && !only.some((system) => system === PLATFORMS[each]));
  if (others.length > 0)
    found.push({ path: where, message: `${type} does nothing on ${others.join(", ")}, which the selection names` });
  if (supervised !== undefined)
    found.push({ path: where, message: `${type} is taken by supervised devices only (${supervised.join(", ")})` });
  return found;
}

const NO_FACTS: PayloadFacts = {};
const factsOf = (type: string): PayloadFacts =>
  Object.hasOwn(PAYLOAD_FACTS, type) ? (PAYLOAD_FACTS[type] ?? NO_FACTS) : NO_FACTS;

function isOfKind(value: PlistValue, kind: Kind): boolean {
  switch (kind) {
    case "text":
      return typeof value === "string" && value !== "";
    case "number":
      return typeof value === "number";
    case "flag":
      return typeof value === "boolean";
    case "data":
      return value instanceof Uint8Array;
    case "list":
      return Array.isArray(value);
    case "dictionary":
      return isDict(value);
    default:
      return kind satisfies never;
  }
}

/** What names two payloads, or a payload and the profile. */
function repeated(payloads: readonly PlistValue[]): Finding[] {
  return ["PayloadUUID", "PayloadIdentifier"].flatMap((key) => {
    const seen = new Map<string, string>();
    return payloads.flatMap((payload, index): Finding[] => {
      const value = isDict(payload) ? payload[key] : undefined;
      if (typeof value !== "string" || value === "") return [];
      const path = index === 0 ? key : `PayloadContent[${index - 1}].${key}`;
      // A device compares UUIDs whatever their case.
      const same = key === "PayloadUUID" ? value.toUpperCase() : value;
      const first = seen.get(same);
      if (first === undefined) seen.set(same, path);
      return first === undefined ? [] : [{ path, message: `is the same as ${first}` }];
    });
  });
}

const NAMING = new Set(["PayloadType", "PayloadIdentifier", "PayloadUUID"]);

function variableProblems(value: PlistValue, path: string, variables: Set<string>): Finding[] {
  if (typeof value === "string") {
    const names = namesIn(value);
    for (const name of names) variables.add(name);
    if (names.length > 0 && NAMING.has(path.split(".").at(-1) ?? ""))
      return [{ path, message: "has to be the same on every device: it takes no variable" }];
    return names
      .filter((name) => !Object.hasOwn(VARIABLES, name))
      .map((name) => ({ path, message: `$${name} is no variable; there are $${Object.keys(VARIABLES).join(", $")}` }));
  }
  if (Array.isArray(value))
    return (value as readonly PlistValue[]).flatMap((each, index) =>
      variableProblems(each, `${path}[${index}]`, variables),
    );
  if (!isDict(value)) return [];
  return Object.entries(value).flatMap(([key, each]) =>
    variableProblems(each, path === "" ? key : `${path}.${key}`, variables),
  );
}
