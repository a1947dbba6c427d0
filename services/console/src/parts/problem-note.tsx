import { Button } from "react-aria-components";
import { Problem } from "../api/client.ts";

/** What went wrong, in the platform's words, and the way on. */
export function ProblemNote({ problem, retry }: { readonly problem: Error; readonly retry?: () => void }) {
  const code = problem instanceof Problem ? problem.code : "";
  return (
    <div className="note bad" role="alert">
      <span>{problem.message}</span>
      {code !== "" && <code className="faint">{code}</code>}
      {retry !== undefined && (
        <Button className="button small" onPress={retry}>
          Try again
        </Button>
      )}
    </div>
  );
}
