import { createHash } from "node:crypto";

export interface ScheduledQuery {
  /** As it is logged; for a pack's query with the pack's name before it. */
  readonly name: string;
  readonly sql: string;
  /** In seconds, with this machine's splay in it. */
  readonly intervalSec: number;
  /** Everything is logged each time, instead of what came and went. */
  readonly snapshot: boolean;
  /** Whether rows that went are logged. */
  readonly removed: boolean;
  /** Queries of its pack that must each give a row, or it is not run. */
  readonly discovery: readonly string[];
}

/** Queries whose first row goes with every logged line. */
export interface Decorators {
  readonly load: readonly string[];
  readonly always: readonly string[];
  readonly interval: readonly { readonly everySec: number; readonly sql: string }[];
}

/** What of osquery's configuration the agent heeds. */
export interface OsqueryConfig {
  readonly queries: readonly ScheduledQuery[];
  readonly decorators: Decorators;
  readonly distributedIntervalSec: number;
  readonly epoch: number;
  /** A line for each row, or one for all rows of a run. */
  readonly lineForEachRow: boolean;
  readonly decorationsOnTop: boolean;
  readonly logPeriodSec: number;
  readonly logMaxLines: number;
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads what `config` answers, as osquery does: numbers may be text, and what makes no sense is left out. */
export function readOsqueryConfig(answer: unknown, host: string): OsqueryConfig {
  const { options: rawOptions, schedule, packs, decorators } = fields(answer);
  const options = fields(rawOptions);
  const splayPercent = numberOf(options["schedule_splay_percent"], 10);
  const delimiter = typeof options["pack_delimiter"] === "string" ? options["pack_delimiter"] : "_";
  const context = { host, splayPercent };
  const inPacks = Object.entries(fields(packs)).flatMap(([packName, raw]) => {
    const pack = fields(raw);
    if (!isForUs(pack, host)) return [];
    const prefix = `pack${delimiter}${packName}${delimiter}`;
    return queriesOf(pack["queries"], { ...context, prefix, discovery: texts(pack["discovery"]) });
  });
  return {
    queries: [...queriesOf(schedule, { ...context, prefix: "", discovery: [] }), ...inPacks],
    decorators: isTrue(options["disable_decorators"], false) ? readDecorators({}) : readDecorators(fields(decorators)),
    distributedIntervalSec: numberOf(options["distributed_interval"], 60),
    epoch: numberOf(options["schedule_epoch"], 0),
    lineForEachRow: isTrue(options["logger_event_type"], true),
    decorationsOnTop: isTrue(options["decorations_top_level"], false),
    logPeriodSec: numberOf(options["logger_tls_period"], 4),
    logMaxLines: numberOf(options["logger_tls_max_lines"], 1_024),
  };
}

interface Context {
  readonly host: string;
  readonly splayPercent: number;
  readonly prefix: string;
  readonly discovery: readonly string[];
}

function queriesOf(raw: unknown, { host, splayPercent, prefix, discovery }: Context): ScheduledQuery[] {
  return Object.entries(fields(raw)).flatMap(([key, rawQuery]): ScheduledQuery[] => {
    const query = fields(rawQuery);
    const interval = numberOf(query["interval"], 0);
    const sql = query["query"];
    if (typeof sql !== "string" || interval < 1 || !isForUs(query, host)) return [];
    const name = prefix + key;
    return [
      {
        name,
        sql,
        intervalSec: splayed(interval, splayPercent, `${host} ${name}`),
        snapshot: isTrue(query["snapshot"], false),
        removed: isTrue(query["removed"], true),
        discovery,
      },
    ];
  });
}

function readDecorators({ load, always, interval }: Fields): Decorators {
  const repeated = Object.entries(fields(interval)).flatMap(([every, sqls]) => {
    const everySec = numberOf(every, 0);
    return everySec < 1 ? [] : texts(sqls).map((sql) => ({ everySec, sql }));
  });
  return { load: texts(load), always: texts(always), interval: repeated };
}

const OUR_PLATFORMS = new Set(["linux", "posix", "any", "all", ""]);

// `version` speaks of osquery's own versions, of which the agent has none: it is not heeded.
function isForUs({ platform, shard }: Fields, host: string): boolean {
  const platforms = typeof platform === "string" ? platform.split(",").map((each) => each.trim().toLowerCase()) : [""];
  // osquery takes a shard of 0 for none.
  const share = numberOf(shard, 0) || 100;
  return platforms.some((each) => OUR_PLATFORMS.has(each)) && shareOf(host) * 100 < share;
}

/** The interval, longer or shorter by at most the percentage: another for each machine and query, and always the same one. */
function splayed(interval: number, percent: number, seed: string): number {
  const range = (interval * Math.min(Math.max(percent, 0), 100)) / 100;
  return Math.max(1, Math.round(interval - range + 2 * range * shareOf(seed)));
}

/** A number from 0 to 1, below 1, that follows from the text alone. */
const shareOf = (text: string): number => createHash("sha256").update(text).digest().readUInt32BE() / 2 ** 32;

const fields = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each): each is string => typeof each === "string") : [];

function numberOf(value: unknown, fallback: number): number {
  const number = value === undefined || value === null || value === "" ? Number.NaN : Number(value);
  return Number.isFinite(number) && number >= 0 ? number : fallback;
}

const isTrue = (value: unknown, fallback: boolean): boolean =>
  value === undefined || value === null ? fallback : [true, 1, "true", "1"].includes(value as never);
