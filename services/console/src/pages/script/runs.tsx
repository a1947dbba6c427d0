import { Link } from "@tanstack/react-router";
import { useApi } from "../../api/use-api.ts";
import { Badge } from "../../parts/badge.tsx";
import { DeviceLink } from "../../parts/device-link.tsx";
import { Panel } from "../../parts/page.tsx";
import { toneOf } from "../../parts/states.ts";
import { Ago } from "../../parts/time.tsx";
import { enumWord } from "../../words/names.ts";

/** What came of runs, each as it comes. */
export const Runs = ({ ids }: { readonly ids: readonly string[] }) => (
  <Panel title="Output" more={<Link to="/commands">All commands</Link>} flush>
    <ul className="runs">
      {ids.map((id) => (
        <Run key={id} id={id} />
      ))}
    </ul>
  </Panel>
);

function Run({ id }: { readonly id: string }) {
  const { data: command } = useApi("/api/v1/commands/{id}", { path: { id } });
  if (command === undefined) return null;
  const { result, state } = command;
  return (
    <li>
      <div className="row">
        <Badge tone={toneOf(state)}>{enumWord(state, "COMMAND_STATE_")}</Badge>
        <DeviceLink id={command.deviceId} />
        {result !== undefined && <span className="faint small">exit code {result.exitCode}</span>}
        <span className="faint small push-end">
          <Ago time={command.endedAt ?? command.createdAt} />
        </span>
      </div>
      {result !== undefined && (
        <pre className="output" tabIndex={0}>
          {result.output || result.reason || "It printed nothing."}
        </pre>
      )}
    </li>
  );
}
