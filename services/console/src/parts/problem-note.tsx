import { Problem } from "@muster/api-client/problem";
import { Button } from "react-aria-components";
import { inWords } from "../editing/revision.ts";

/** What went wrong, in the platform's words, and the way on. */
export function ProblemNote({ problem, retry }: { readonly problem: Error; readonly retry?: () => void }) {
  const code = problem instanceof Problem ? problem.code : "";
  return (
    <div className="note bad" role="alert">
      <span>{inWords(problem)}</span>
      {code !== "" && <code className="faint">{code}</code>}
      {retry !== undefined && (
        <Button className="button small" onPress={retry}>
          Try again
        </Button>
      )}
    </div>
  );
}
