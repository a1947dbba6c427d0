import type { ReactNode } from "react";
import { Button } from "react-aria-components";
import type { Query } from "../api/client.ts";
import { usePages } from "../api/use-api.ts";
import { Loading } from "./loading.tsx";
import { ProblemNote } from "./problem-note.tsx";
import { type Column, Table } from "./table.tsx";

interface PagedListProps<Answer, Row> {
  readonly label: string;
  readonly path: string;
  readonly query?: Query;
  readonly rows: (answer: Answer) => readonly Row[];
  readonly columns: readonly Column<Row>[];
  readonly keyOf: (row: Row) => string;
  readonly empty: ReactNode;
  /** How often it is asked for again, in milliseconds, where no event tells of its changes. */
  readonly refetchInterval?: number;
}

/** A list that comes in pages; the reader asks for more. */
export function PagedList<Answer extends { readonly nextPageToken: string }, Row>({
  label,
  path,
  query = {},
  rows,
  columns,
  keyOf,
  empty,
  ...options
}: PagedListProps<Answer, Row>) {
  const found = usePages<Answer>(path, query, options);
  const all = found.data?.pages.flatMap(rows) ?? [];
  return (
    <>
      <section className="panel">
        {found.isError && <ProblemNote problem={found.error} retry={() => void found.refetch()} />}
        {found.isPending && <Loading rows={8} />}
        {found.data !== undefined && all.length === 0 && empty}
        {all.length > 0 && <Table label={label} columns={columns} rows={all} keyOf={keyOf} />}
      </section>
      {found.hasNextPage && (
        <div>
          <Button className="button" isDisabled={found.isFetchingNextPage} onPress={() => void found.fetchNextPage()}>
            Show more
          </Button>
        </div>
      )}
    </>
  );
}
