import { KINDS, type Kind, LISTS } from "./kind.ts";
import { isRecord, type Payload } from "./payload-key.ts";
import { isForPersonal, isStatusItem } from "./status-items.ts";

/** What a device says of one declaration. */
export interface ToldState {
  readonly kind: Kind;
  readonly identifier: string;
  readonly serverToken: string;
  readonly active: boolean;
  readonly valid: "unknown" | "invalid" | "valid";
  readonly reasons: readonly Payload[];
  /** Whether the device has it no more. */
  readonly removed: boolean;
}

/** What a device could not tell. */
export interface ToldError {
  readonly item: string;
  readonly code: string;
  readonly description: string;
}

/** A report as far as it can be read. */
export interface StatusReport {
  /** Whether it stands for everything the device tells of. */
  readonly full: boolean;
  /** The items, nested; without those about declarations. */
  readonly items: Payload;
  readonly errors: readonly ToldError[];
  readonly states: readonly ToldState[];
  /** The kinds of which a full report says everything. */
  readonly wholeKinds: readonly Kind[];
  /** The Types that the device takes; unset when it does not say. */
  readonly supported: readonly string[] | undefined;
}

/** How much of each is kept: a report may come from anybody who has a device in hand. */
const MOST = { states: 2_000, reasons: 20, errors: 200, text: 2_000, depth: 12 } as const;

const text = (value: unknown): string => (typeof value === "string" ? value.slice(0, MOST.text) : "");
const listIn = (value: unknown): Payload[] => (Array.isArray(value) ? value.filter(isRecord) : []);

/** Reads a report; nothing when it is no JSON object. What of it makes no sense is left out, and the rest is kept. */
export function readStatusReport(data: Uint8Array, personal: boolean): StatusReport | undefined {
  let report: unknown;
  try {
    report = storable(JSON.parse(Buffer.from(data).toString("utf8")), 0);
  } catch {
    return undefined;
  }
  if (!isRecord(report)) return undefined;
  const all = isRecord(report["StatusItems"]) ? report["StatusItems"] : {};
  const { management, ...items } = all;
  const about = isRecord(management) ? management : {};
  const declarations = isRecord(about["declarations"]) ? about["declarations"] : {};
  const wholeKinds = KINDS.filter((kind) => Array.isArray(declarations[LISTS[kind].toLowerCase()]));
  return {
    full: report["FullReport"] === true,
    items: personal ? onlyAllowed(items) : items,
    errors: listIn(report["Errors"]).slice(0, MOST.errors).map(errorOf),
    states: wholeKinds
      .flatMap((kind) => listIn(declarations[LISTS[kind].toLowerCase()]).flatMap((each) => stateOf(kind, each)))
      .slice(0, MOST.states),
    wholeKinds,
    supported: supportedIn(about["client-capabilities"]),
  };
}

function stateOf(kind: Kind, told: Payload): ToldState[] {
  const identifier = text(told["identifier"]);
  if (identifier === "" || identifier.length > 64) return [];
  const { active, valid } = told;
  return [
    {
      kind,
      identifier,
      serverToken: text(told["server-token"]).slice(0, 64),
      active: active === true,
      valid: valid === "valid" || valid === "invalid" ? valid : "unknown",
      reasons: listIn(told["reasons"]).slice(0, MOST.reasons),
      removed: told["_removed"] === true,
    },
  ];
}

function errorOf(error: Payload): ToldError {
  const [reason] = listIn(error["Reasons"]);
  return { item: text(error["StatusItem"]), code: text(reason?.["Code"]), description: text(reason?.["Description"]) };
}

function supportedIn(capabilities: unknown): string[] | undefined {
  const payloads = isRecord(capabilities) ? capabilities["supported-payloads"] : undefined;
  const declarations = isRecord(payloads) ? payloads["declarations"] : undefined;
  if (!isRecord(declarations)) return undefined;
  const types = Object.values(declarations)
    .flatMap((list) => (Array.isArray(list) ? list : []))
    .filter((type: unknown): type is string => typeof type === "string");
  return types.length === 0 ? undefined : [...new Set(types)].sort().slice(0, 500);
}

/** Text that Postgres can hold; what lies too deep is left out. */
function storable(value: unknown, depth: number): unknown {
  if (typeof value === "string") return value.replaceAll("\u0000", "").toWellFormed();
  if (typeof value !== "object" || value === null) return value;
  if (depth > MOST.depth) return null;
  if (Array.isArray(value)) return value.map((each) => storable(each, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [String(storable(key, depth)), storable(each, depth + 1)]),
  );
}

/** The items that may be known of a person's own device. */
function onlyAllowed(items: Payload, path = ""): Payload {
  return Object.fromEntries(
    Object.entries(items).flatMap(([key, value]) => {
      const here = path === "" ? key : `${path}.${key}`;
      if (isForPersonal(here)) return [[key, value]];
      if (!isRecord(value)) return [];
      const kept = onlyAllowed(value, here);
      return Object.keys(kept).length === 0 ? [] : [[key, kept]];
    }),
  );
}

/** The status after a report: an item replaces what it was, a list whose members have identifiers is changed by member. */
export function mergeItems(held: Payload, news: Payload, path = ""): Payload {
  const merged: Record<string, unknown> = { ...held };
  for (const [key, value] of Object.entries(news)) {
    const here = path === "" ? key : `${path}.${key}`;
    const before = held[key];
    if (Array.isArray(value)) merged[key] = mergeList(Array.isArray(before) ? before : [], value);
    else if (isRecord(value) && !isStatusItem(here))
      merged[key] = mergeItems(isRecord(before) ? before : {}, value, here);
    else merged[key] = value;
  }
  return merged;
}

const isMember = (value: unknown): value is Payload => isRecord(value) && typeof value["identifier"] === "string";

function mergeList(held: readonly unknown[], news: readonly unknown[]): unknown[] {
  if (![...held, ...news].every(isMember)) return [...news];
  const members = new Map([...held, ...news].map((member) => [String((member as Payload)["identifier"]), member]));
  return [...members.values()].filter((member) => (member as Payload)["_removed"] !== true);
}
