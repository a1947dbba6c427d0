import type { ErrorComponentProps } from "@tanstack/react-router";
import { ProblemNote } from "../parts/problem-note.tsx";

/** A page that broke: most often the console was updated while it was open, and the part asked for is gone. */
export const RouteFailed = ({ error }: ErrorComponentProps) => (
  <div className="page">
    <ProblemNote problem={error as Error} retry={() => location.reload()} />
  </div>
);
