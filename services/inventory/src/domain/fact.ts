import type { DetailShape } from "./detail-queries/by-platform.ts";
import { capRows, digestOf, type OsqueryRow } from "./rows.ts";

export type FactRow = Readonly<Record<string, string | number>>;
export type FactValue = FactRow | readonly FactRow[];

/** In bytes of JSON. A fact is told whole on the bus, and an event has its limit: rows beyond are left out. */
const LARGEST_FACT = 256 * 1024;

function withoutVolatile(rows: readonly OsqueryRow[], { volatile }: DetailShape): readonly OsqueryRow[] {
  if (volatile === undefined) return rows;
  return rows.map((row) => {
    const kept: Record<string, string> = {};
    for (const name in row) if (!volatile.includes(name)) kept[name] = row[name] ?? "";
    return kept;
  });
}

/** A digest of the answer as it came. The same digest means the same fact; another one may be only another order. */
export const fingerprintOf = (rows: readonly OsqueryRow[], query: DetailShape): string =>
  digestOf(JSON.stringify(withoutVolatile(rows, query)));

/** The fact that an answer states: numbers as numbers, times as ISO text, rows and columns in one order. */
export function factOf(rows: readonly OsqueryRow[], query: DetailShape): FactValue {
  const typed = withoutVolatile(rows, query).map((row) => typedRow(row, query));
  if (query.shape === "object") return capRows(typed, 1, LARGEST_FACT).rows[0] ?? {};
  const sorted = typed
    .map((row) => ({ row, key: JSON.stringify(row) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ row }) => row);
  return capRows(sorted, sorted.length, LARGEST_FACT).rows;
}

/** Facts in as many parts as it takes for each part to fit an event, in their order. */
export function inParts<Fact extends { readonly value: FactValue }>(facts: readonly Fact[]): Fact[][] {
  const parts: Fact[][] = [];
  let bytes = 0;
  for (const fact of facts) {
    const size = Buffer.byteLength(JSON.stringify(fact.value));
    const part = parts.at(-1);
    if (part !== undefined && bytes + size <= 3 * LARGEST_FACT) part.push(fact);
    else parts.push([fact]);
    bytes = parts.at(-1) === part ? bytes + size : size;
  }
  return parts;
}

export const hashOf = (value: FactValue): string => digestOf(JSON.stringify(value));

function typedRow(row: OsqueryRow, { numbers = [], times = [] }: DetailShape): FactRow {
  const columns = Object.entries(row).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(
    columns.map(([name, text]) => {
      if (numbers.includes(name)) return [name, numberOf(text)];
      if (times.includes(name)) return [name, timeOf(text)];
      return [name, text];
    }),
  );
}

// What is not a number stays as it came: losing it would be worse than its type.
function numberOf(text: string): number | string {
  const value = Number(text);
  return text.trim() === "" || !Number.isFinite(value) ? text : value;
}

function timeOf(text: string): string {
  const seconds = Number(text);
  if (text.trim() === "" || !Number.isFinite(seconds) || Math.abs(seconds) > 8e9) return text;
  return new Date(seconds * 1000).toISOString();
}
