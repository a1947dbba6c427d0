import type { Json } from "../api/client.ts";
import { csvLine } from "./csv.ts";
import { type Format, print } from "./print.ts";
import { styled } from "./style.ts";
import { Table } from "./table.ts";

/** Prints devices' answers to a question as they come. */
export class AnswerPrinter {
  readonly #format: Format;
  /** Whether each row says whose it is. */
  readonly #manyDevices: boolean;
  #columns: readonly string[] | undefined;
  #table: Table | undefined;
  #first = true;

  constructor(format: Format, manyDevices: boolean) {
    this.#format = format;
    this.#manyDevices = manyDevices;
  }

  async answer(answer: Json): Promise<void> {
    if (this.#format === "yaml") return print((await import("yaml")).stringify([whole(answer)]));
    if (this.#format === "json") {
      print(`${this.#first ? "[\n" : ",\n"}${JSON.stringify(whole(answer), null, 2)}`);
      this.#first = false;
      return;
    }
    if (answer.error !== "") complain(`${answer.displayName}: ${answer.error}`);
    if (answer.truncated === true) complain(`${answer.displayName}: there were more rows than are kept`);
    const rows = answer.rows.map((row: Json) => row.columns as Record<string, string>);
    if (rows.length > 0) this.#rows(answer.displayName, rows);
  }

  end(): void {
    if (this.#format === "json") print(this.#first ? "[]\n" : "\n]\n");
  }

  #rows(device: string, rows: readonly Record<string, string>[]): void {
    // All devices are asked the same question, so the first answer names the columns of all.
    const head = this.#columns === undefined;
    this.#columns ??= [...new Set(rows.flatMap((row) => Object.keys(row)))];
    const columns = this.#columns;
    const heads = this.#manyDevices ? ["device", ...columns] : columns;
    const cells = rows.map((row) => [
      ...(this.#manyDevices ? [device] : []),
      ...columns.map((name) => row[name] ?? ""),
    ]);
    if (this.#format === "csv") return print((head ? csvLine(heads) : "") + cells.map(csvLine).join(""));
    this.#table ??= new Table(heads);
    print(this.#table.render(cells));
  }
}

const whole = ({ deviceId, displayName, error, rows }: Json) => ({
  deviceId,
  device: displayName,
  ...(error !== "" && { error }),
  rows: rows.map((row: Json) => row.columns),
});

const complain = (text: string): void => void process.stderr.write(`${styled("yellow", text, process.stderr)}\n`);
