import type { Json } from "../api/client.ts";
import { usage } from "../failure.ts";
import { csvLine } from "./csv.ts";
import { Table } from "./table.ts";

const FORMATS = ["table", "json", "yaml", "csv"] as const;

export type Format = (typeof FORMATS)[number];

export function formatOf(text: string): Format {
  const format = FORMATS.find((each) => each === text);
  if (format === undefined) throw usage(`--output is one of ${FORMATS.join(", ")}`);
  return format;
}

/** A column's head and what stands in it. */
export type Column<Item = Json> = readonly [head: string, cell: (item: Item) => unknown];

export const print = (text: string): void => void process.stdout.write(text);

/** Prints a list: columns for people and spreadsheets, everything for programs. */
export async function printList(items: readonly Json[], columns: readonly Column[], format: Format): Promise<void> {
  if (format === "json" || format === "yaml") return printWhole(items, format);
  const heads = columns.map(([head]) => head);
  const rows = items.map((item) => columns.map(([, cell]) => cellText(cell(item))));
  if (format === "csv") print(csvLine(heads) + rows.map(csvLine).join(""));
  else if (rows.length === 0) process.stderr.write("There are none.\n");
  else print(new Table(heads).render(rows));
}

/** Prints one thing, whole; as a table, one line for each of its fields. */
export async function printWhole(item: Json, format: Format): Promise<void> {
  if (format === "json") return print(`${JSON.stringify(item, null, 2)}\n`);
  if (format === "yaml") return print((await import("yaml")).stringify(item));
  const fields = Object.entries(item as object).filter(([, value]) => value !== null && value !== "");
  const rows = fields.map(([name, value]) => [name, cellText(value)]);
  print(
    format === "csv"
      ? csvLine(["field", "value"]) + rows.map(csvLine).join("")
      : new Table(["field", "value"]).render(rows),
  );
}

export function cellText(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value) && value.every((item) => typeof item !== "object")) return value.join(",");
  return typeof value === "string" ? value : JSON.stringify(value);
}
