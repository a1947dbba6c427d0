import { hash } from "node:crypto";
import { refuse } from "./refusals.ts";

type Json = { readonly [name: string]: unknown };

export interface OsqueryConfig {
  readonly options: Json;
  readonly schedule: Json;
  readonly packs: Json;
  readonly decorators: Json;
}

export const EMPTY_CONFIG: OsqueryConfig = { options: {}, schedule: {}, packs: {}, decorators: {} };

/**
 * What a host receives unless the tenant says otherwise: quick answers, no storm after a start. Only what osquery takes from
 * a configuration: at every other flag it warns with each configuration that it gets (since 5.4).
 */
const DEFAULT_OPTIONS: Json = {
  distributed_interval: 10,
  distributed_tls_max_attempts: 3,
  logger_tls_period: 10,
  logger_tls_max_lines: 1024,
  schedule_splay_percent: 10,
  pack_delimiter: "/",
  disable_distributed: false,
};

export interface RenderedConfig {
  readonly etag: string;
  /** The answer to a host, as it goes over the wire. */
  readonly body: string;
}

/** The answer to a host's config request; the etag is the SHA-256 of the rest. */
export function renderConfig(config: OsqueryConfig): RenderedConfig {
  const whole = { ...config, options: { ...DEFAULT_OPTIONS, ...config.options } };
  const etag = hash("sha256", JSON.stringify(whole), "hex");
  return { etag, body: JSON.stringify({ ...whole, etag, node_invalid: false }) };
}

const MAX_BYTES = 1024 * 1024;

/** A week: osquery does not run what has a longer one, and says so in its own log only. */
const LONGEST_INTERVAL = 604_800;

/** Refuses what osquery could not run, with the name of what is wrong. */
export function checkedConfig(config: OsqueryConfig): OsqueryConfig {
  if (JSON.stringify(config).length > MAX_BYTES) throw refuse("osquery.bad_config", "the configuration is over 1 MiB");
  checkQueries(config.schedule, "schedule");
  for (const [name, pack] of Object.entries(config.packs)) {
    const queries = isObject(pack) ? pack["queries"] : undefined;
    if (!isObject(queries)) throw refuse("osquery.bad_config", `packs.${name} has no queries`);
    checkQueries(queries, `packs.${name}.queries`);
  }
  return config;
}

function checkQueries(queries: Json, where: string): void {
  for (const [name, entry] of Object.entries(queries)) {
    if (!isObject(entry) || typeof entry["query"] !== "string" || entry["query"].trim() === "") {
      throw refuse("osquery.bad_config", `${where}.${name} has no query`);
    }
    const interval = Number(entry["interval"]);
    if (!(interval >= 1 && interval <= LONGEST_INTERVAL)) {
      throw refuse("osquery.bad_config", `${where}.${name} needs an interval of 1 to ${LONGEST_INTERVAL} seconds`);
    }
  }
}

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
