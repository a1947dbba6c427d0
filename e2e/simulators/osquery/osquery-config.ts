import type { Platform } from "./platform.ts";

export interface ScheduledQuery {
  readonly name: string;
  readonly query: string;
  readonly intervalSec: number;
  readonly snapshot: boolean;
  readonly removed: boolean;
}

export interface OsqueryConfig {
  readonly scheduled: readonly ScheduledQuery[];
  /** Queries whose first row decorates every log line. */
  readonly decorators: readonly string[];
  readonly distributedIntervalSec: number | undefined;
  readonly loggerPeriodSec: number | undefined;
}

type Json = Readonly<Record<string, unknown>>;

const object = (value: unknown): Json => (typeof value === "object" && value !== null ? (value as Json) : {});

const list = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((member): member is string => typeof member === "string") : [];

const seconds = (value: unknown): number | undefined => (Number(value) > 0 ? Number(value) : undefined);

const POSIX: readonly string[] = ["linux", "darwin"];

/** osquery's platform field is a list such as `darwin,linux`, with `posix`, `any` and `all`; nothing means all. */
export const runsOn = (wanted: unknown, platform: Platform): boolean => {
  if (typeof wanted !== "string" || wanted === "") return true;
  return wanted.split(",").some((name) => {
    const trimmed = name.trim();
    if (trimmed === "any" || trimmed === "all" || trimmed === platform) return true;
    return trimmed === "posix" && POSIX.includes(platform);
  });
};

export interface ConfigReader {
  readonly platform: Platform;
  /** The host's place in 1..100, fixed for its life: a query with a smaller shard does not run on it; 0 is none. */
  readonly shard: number;
  readonly isDiscovered: (sql: string) => boolean;
}

/** Reads a configuration as osqueryd does: schedule, packs with their discovery, decorators, options. */
export const readConfig = (body: Json, reader: ConfigReader): OsqueryConfig => {
  const options = object(body["options"]);
  const delimiter = typeof options["pack_delimiter"] === "string" ? options["pack_delimiter"] : "_";
  const outside = (shard: unknown): boolean => Number(shard ?? 0) > 0 && reader.shard > Number(shard);
  const readQueries = (queries: unknown, prefix: string): ScheduledQuery[] =>
    Object.entries(object(queries)).flatMap(([name, value]) => {
      const entry = object(value);
      const interval = seconds(entry["interval"]);
      if (typeof entry["query"] !== "string" || interval === undefined) return [];
      if (!runsOn(entry["platform"], reader.platform) || outside(entry["shard"])) return [];
      const snapshot = entry["snapshot"] === true;
      const removed = entry["removed"] !== false;
      return [{ name: `${prefix}${name}`, query: entry["query"], intervalSec: interval, snapshot, removed }];
    });
  const packs = Object.entries(object(body["packs"])).flatMap(([name, value]) => {
    const pack = object(value);
    if (!runsOn(pack["platform"], reader.platform) || outside(pack["shard"])) return [];
    if (!list(pack["discovery"]).every((sql) => reader.isDiscovered(sql))) return [];
    return readQueries(pack["queries"], `pack${delimiter}${name}${delimiter}`);
  });
  const decorators = object(body["decorators"]);
  return {
    scheduled: [...readQueries(body["schedule"], ""), ...packs],
    decorators: [...list(decorators["load"]), ...list(decorators["always"])],
    distributedIntervalSec: seconds(options["distributed_interval"]),
    loggerPeriodSec: seconds(options["logger_tls_period"]),
  };
};
