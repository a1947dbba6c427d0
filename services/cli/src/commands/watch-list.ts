import { setTimeout as delay } from "node:timers/promises";
import type { Json } from "../api/client.ts";
import { EXIT } from "../exit-codes.ts";
import { Failure } from "../failure.ts";
import { csvLine } from "../output/csv.ts";
import { type Column, cellText, type Format, print } from "../output/print.ts";
import { styled } from "../output/style.ts";
import { Table } from "../output/table.ts";

/** One thing of a list that is new, differs from before, or is not there any more. */
export interface Change {
  readonly what: "added" | "changed" | "removed";
  readonly item: Json;
}

/** What differs between two looks at a list, as far as `shown` tells. */
export function changesBetween(
  before: ReadonlyMap<string, Json>,
  now: ReadonlyMap<string, Json>,
  shown: (item: Json) => string,
): Change[] {
  const changes: Change[] = [];
  for (const [key, item] of now) {
    const old = before.get(key);
    if (old === undefined) changes.push({ what: "added", item });
    else if (shown(old) !== shown(item)) changes.push({ what: "changed", item });
  }
  for (const [key, item] of before) if (!now.has(key)) changes.push({ what: "removed", item });
  return changes;
}

export interface Watched {
  readonly look: () => Promise<readonly Json[]>;
  readonly keyOf: (item: Json) => string;
  readonly columns: readonly Column[];
  readonly format: Format;
  readonly everySeconds: number;
}

/** Prints a list, and each change of it until it is stopped; while the platform is away it goes on asking. */
export async function watchList({ look, keyOf, columns, format, everySeconds }: Watched): Promise<void> {
  const isForPrograms = format === "json" || format === "yaml";
  const cellsOf = (item: Json) => columns.map(([, cell]) => cellText(cell(item)));
  const shown = isForPrograms ? JSON.stringify : (item: Json) => JSON.stringify(cellsOf(item));
  const tell = teller(format, columns, cellsOf);
  let before: ReadonlyMap<string, Json> = new Map();
  for (;;) {
    try {
      const items = await look();
      // What has no key of its own, such as a version of software, is told apart by what it shows.
      const now = new Map(items.map((item) => [keyOf(item) || shown(item), item]));
      const changes = changesBetween(before, now, shown);
      if (changes.length > 0) await tell(changes);
      before = now;
    } catch (error) {
      if (!(error instanceof Failure) || error.exitCode !== EXIT.unreachable) throw error;
      process.stderr.write(`${styled("dim", `${error.message}; asking again`, process.stderr)}\n`);
    }
    await delay(everySeconds * 1_000);
  }
}

/** Programs get a JSON line, or a YAML document, for each change; people get rows, and what is gone is marked. */
function teller(format: Format, columns: readonly Column[], cellsOf: (item: Json) => string[]) {
  const heads = [...columns.map(([head]) => head), "change"];
  const table = new Table(heads);
  let isFirst = true;
  return async (changes: readonly Change[]): Promise<void> => {
    if (format === "json") return print(changes.map((change) => `${JSON.stringify(change)}\n`).join(""));
    if (format === "yaml") {
      const { stringify } = await import("yaml");
      return print(changes.map((change) => `---\n${stringify(change)}`).join(""));
    }
    const rows = changes.map(({ item, what }) => [...cellsOf(item), isFirst && what === "added" ? "" : what]);
    if (format === "csv") print((isFirst ? csvLine(heads) : "") + rows.map(csvLine).join(""));
    else print(table.render(rows));
    isFirst = false;
  };
}
