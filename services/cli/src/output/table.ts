import { styled } from "./style.ts";

const GAP = "  ";
const MAX_WIDTH = 60;

/** Rows as they come, under one head: the first rows set the widths, later ones that are longer push the rest aside. */
export class Table {
  readonly #columns: readonly string[];
  #widths: number[] | undefined;

  constructor(columns: readonly string[]) {
    this.#columns = columns;
  }

  /** The text of these rows, with the head before the first. */
  render(rows: readonly (readonly string[])[]): string {
    const cells = rows.map((row) => row.map(oneLine));
    const head = this.#widths === undefined;
    this.#widths ??= this.#columns.map((column, index) =>
      Math.min(MAX_WIDTH, Math.max(column.length, ...cells.map((row) => row[index]?.length ?? 0))),
    );
    const lines = cells.map((row) => this.#line(row));
    if (head) lines.unshift(styled("bold", this.#line(this.#columns.map((column) => column.toUpperCase()))));
    return lines.map((line) => `${line}\n`).join("");
  }

  #line(cells: readonly string[]): string {
    return cells
      .map((cell, index) => (index === cells.length - 1 ? cell : cell.padEnd(this.#widths?.[index] ?? 0)))
      .join(GAP)
      .trimEnd();
  }
}

// What devices answer may hold control characters that would drive the terminal.
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const oneLine = (text: string): string => text.replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, " ");
