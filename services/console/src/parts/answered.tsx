import type { Problem } from "@muster/api-client/problem";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Loading } from "./loading.tsx";
import { ProblemNote } from "./problem-note.tsx";

interface AnsweredProps<T> {
  readonly of: UseQueryResult<T, Problem>;
  readonly rows?: number;
  readonly children: (answer: T) => ReactNode;
}

/** Shows an answer of the API once it is there, and that it is on its way or what went wrong: also when that is an older one. */
export function Answered<T>({ of, rows = 4, children }: AnsweredProps<T>) {
  return (
    <>
      {of.isError && (
        <div className="panel-body">
          <ProblemNote problem={of.error} retry={() => void of.refetch()} />
        </div>
      )}
      {of.isPending && <Loading rows={rows} />}
      {of.data !== undefined && children(of.data)}
    </>
  );
}
