import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Loading } from "./loading.tsx";
import { ProblemNote } from "./problem-note.tsx";
import { type Column, Table } from "./table.tsx";
import { WaitingButton } from "./waiting-button.tsx";

interface PagedListProps<Answer, Row> {
  readonly label: string;
  readonly of: UseInfiniteQueryResult<InfiniteData<Answer>>;
  readonly rows: (answer: Answer) => readonly Row[];
  readonly columns: readonly Column<Row>[];
  readonly keyOf: (row: Row) => string;
  readonly empty: ReactNode;
}

/** A list that comes in pages; the reader asks for more. */
export function PagedList<Answer, Row>({ label, of, rows, columns, keyOf, empty }: PagedListProps<Answer, Row>) {
  const all = of.data?.pages.flatMap(rows) ?? [];
  return (
    <>
      <section className="panel">
        {of.isError && <ProblemNote problem={of.error} retry={() => void of.refetch()} />}
        {of.isPending && <Loading rows={8} />}
        {of.data !== undefined && all.length === 0 && empty}
        {all.length > 0 && <Table label={label} columns={columns} rows={all} keyOf={keyOf} />}
      </section>
      {of.hasNextPage && (
        <div>
          <WaitingButton className="button" isWaiting={of.isFetchingNextPage} onPress={() => void of.fetchNextPage()}>
            Show more
          </WaitingButton>
        </div>
      )}
    </>
  );
}
