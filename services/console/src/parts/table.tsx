import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from "react";

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => ReactNode;
  /** A CSS width; what is left goes to the columns without one. */
  readonly width?: string;
  /** Left out where the window is narrow. */
  readonly minor?: boolean;
  readonly numeric?: boolean;
}

interface TableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** Scrolls inside what is left of the window, and draws only the rows in sight. */
  readonly long?: boolean;
  /** Is called when the reader comes near the end. */
  readonly onEnd?: () => void;
  readonly isSelected?: (row: Row) => boolean;
}

const ROW_PX = 40;
const NEAR_ROWS = 30;

const classOf = <Row,>({ minor, numeric }: Column<Row>): string =>
  [minor && "minor", numeric && "numeric"].filter(Boolean).join(" ");

/** A table; the arrow keys go from row to row. */
export function Table<Row>({ label, columns, rows, keyOf, long = false, onEnd, isSelected }: TableProps<Row>) {
  const frame = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
    enabled: long,
  });
  const items = virtual.getVirtualItems();
  const [first, last] = long ? [items[0]?.index ?? 0, (items.at(-1)?.index ?? -1) + 1] : [0, rows.length];
  const nearEnd = last >= rows.length - NEAR_ROWS;
  useEffect(() => {
    if (nearEnd) onEnd?.();
  }, [nearEnd, onEnd, rows.length]);

  return (
    <div className={long ? "table-frame long" : "table-frame"} ref={frame}>
      <table aria-label={label} aria-rowcount={rows.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column) => (
              <th key={column.title} className={classOf(column)} style={{ width: column.width }} scope="col">
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody onKeyDown={goToRow}>
          <Spacer rows={first} />
          {rows.slice(first, last).map((row, index) => (
            <tr key={keyOf(row)} aria-rowindex={first + index + 2} data-selected={isSelected?.(row) || undefined}>
              {columns.map((column) => (
                <td key={column.title} className={classOf(column)}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
          <Spacer rows={rows.length - last} />
        </tbody>
      </table>
    </div>
  );
}

/** One cell: where minor columns are left out, one that spanned them all would bring their width back. */
const Spacer = ({ rows }: { readonly rows: number }) =>
  rows > 0 && (
    <tr className="spacer" aria-hidden="true">
      <td style={{ height: rows * ROW_PX }} />
    </tr>
  );

const FOCUSABLE = "a, button, input";

function goToRow(event: KeyboardEvent<HTMLTableSectionElement>): void {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const row = (event.target as HTMLElement).closest("tr");
  const next = event.key === "ArrowDown" ? row?.nextElementSibling : row?.previousElementSibling;
  const target = next?.querySelector<HTMLElement>(FOCUSABLE);
  if (target === null || target === undefined) return;
  event.preventDefault();
  target.focus();
}
