import type { Problem } from "@muster/api-client/problem";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Answered } from "./answered.tsx";
import { type Column, Table } from "./table.tsx";

interface ListProps<Answer, Row> {
  readonly label: string;
  readonly of: UseQueryResult<Answer, Problem>;
  readonly rows: (answer: Answer) => readonly Row[];
  readonly columns: readonly Column<Row>[];
  readonly keyOf: (row: Row) => string;
  /** What is said when there is none. */
  readonly empty: ReactNode;
}

/** A list that fits into one answer. */
export const List = <Answer, Row>({ label, of, rows, columns, keyOf, empty }: ListProps<Answer, Row>) => (
  <section className="panel">
    <Answered of={of} rows={8}>
      {(answer) => {
        const all = rows(answer);
        return all.length === 0 ? empty : <Table label={label} columns={columns} rows={all} keyOf={keyOf} />;
      }}
    </Answered>
  </section>
);
