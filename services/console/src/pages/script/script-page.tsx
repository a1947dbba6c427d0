import { useParams } from "@tanstack/react-router";
import { useApi } from "../../api/use-api.ts";
import { Answered } from "../../parts/answered.tsx";
import { DeleteButton } from "../../parts/delete-button.tsx";
import { Page, Panel } from "../../parts/page.tsx";
import { Ago } from "../../parts/time.tsx";
import { useFilters } from "../../parts/use-filters.ts";
import { useMay } from "../../session/session.tsx";
import { RunScript } from "./run-script.tsx";
import { Runs } from "./runs.tsx";
import type { Script } from "./script.ts";
import { EditScript } from "./script-form.tsx";
import "./script.css";

/** One saved script, and what devices print that it was run on from here. */
export function ScriptPage() {
  const { scriptId } = useParams({ from: "/scripts/$scriptId" });
  const script = useApi("/api/v1/scripts/{id}", { path: { id: scriptId } });
  return <Answered of={script}>{(found) => <Known script={found} />}</Answered>;
}

function Known({ script }: { readonly script: Script }) {
  const mayWrite = useMay("script.write");
  const mayRun = useMay("command.write");
  const [{ runs = "" }, setFilters] = useFilters();
  const { id, name } = script;
  return (
    <Page
      title={name}
      about={
        <>
          Changed <Ago time={script.updatedAt} /> by {script.updatedBy}
        </>
      }
      actions={
        <>
          {mayRun && <RunScript script={script} onAsked={(ids) => setFilters({ runs: ids.join(",") })} />}
          {mayWrite && <EditScript script={script} />}
          {mayWrite && (
            <DeleteButton
              kind="scripts"
              id={id}
              name={name}
              seen={script}
              consequence="Policies that repair with it stop repairing; commands that carry it keep their copy."
            />
          )}
        </>
      }
    >
      {runs !== "" && <Runs ids={runs.split(",")} />}
      <Panel title="Script" more={<code className="faint">{script.sha256.slice(0, 12)}</code>}>
        <pre className="script">{script.content}</pre>
      </Panel>
    </Page>
  );
}
