import { refuse } from "./refusals.ts";
import { storable } from "./rows.ts";

type Fields = Readonly<Record<string, unknown>>;

export interface ResultLine {
  readonly name: string;
  readonly action: "added" | "removed" | "snapshot";
  /** The row, or all rows of a snapshot. */
  readonly rows: unknown;
  readonly ranAt: Date;
}

export interface StatusLine {
  readonly severity: number;
  readonly message: string;
  readonly place: string;
}

export type LogLines =
  | { readonly kind: "result"; readonly lines: readonly ResultLine[] }
  | { readonly kind: "status"; readonly lines: readonly StatusLine[] };

/** Reads the body of a log request; what is not a known shape is refused with what is wrong. */
export function readLog(body: Fields, now: Date): LogLines {
  const { log_type: type, data } = body;
  if (!Array.isArray(data)) throw refuse("osquery.bad_log", '"data" has to be a list of log lines');
  const lines = data.map((line, index) => objectAt(line, index));
  if (type === "result")
    return { kind: "result", lines: lines.flatMap((line, index) => resultLines(line, index, now)) };
  if (type === "status") return { kind: "status", lines: lines.map(statusLine) };
  throw refuse("osquery.bad_log", '"log_type" has to be "result" or "status"');
}

function objectAt(line: unknown, index: number): Fields {
  if (typeof line === "object" && line !== null && !Array.isArray(line)) return line as Fields;
  throw refuse("osquery.bad_log", `line ${index} is not an object`);
}

function resultLines(line: Fields, index: number, now: Date): ResultLine[] {
  const { name, unixTime, action, columns, snapshot, diffResults } = line;
  if (typeof name !== "string" || name === "" || name.length > 255) {
    throw refuse("osquery.bad_log", `line ${index} has no query name`);
  }
  const base = { name: storable(name), ranAt: ranAt(unixTime, now) };
  if (Array.isArray(snapshot)) return [{ ...base, action: "snapshot", rows: snapshot }];
  if ((action === "added" || action === "removed") && typeof columns === "object" && columns !== null) {
    return [{ ...base, action, rows: columns }];
  }
  // With logger_event_type off, osquery sends all added and removed rows of a run in one line.
  if (typeof diffResults === "object" && diffResults !== null) {
    return (["added", "removed"] as const).flatMap((kind) => {
      const rows = (diffResults as Fields)[kind];
      return Array.isArray(rows) ? rows.map((row) => ({ ...base, action: kind, rows: row })) : [];
    });
  }
  throw refuse("osquery.bad_log", `line ${index} (${name}) holds neither columns, nor a snapshot, nor diffResults`);
}

// A host's clock may be far off; a time to come would stay on top of every list.
function ranAt(unixTime: unknown, now: Date): Date {
  const ms = Number(unixTime) * 1000;
  return Number.isFinite(ms) && ms > 0 && ms < now.getTime() ? new Date(ms) : now;
}

function statusLine(line: Fields): StatusLine {
  const severity = Number(line["severity"]);
  return {
    severity: Number.isInteger(severity) && severity >= 0 && severity <= 9 ? severity : 0,
    message: textOf(line["message"]).slice(0, 2_000),
    place: `${textOf(line["filename"])}:${textOf(line["line"])}`.slice(0, 200),
  };
}

const textOf = (value: unknown): string =>
  typeof value === "string" ? storable(value) : typeof value === "number" ? String(value) : "";
