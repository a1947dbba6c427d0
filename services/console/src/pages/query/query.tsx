import { useState } from "react";
import { Button, Form } from "react-aria-components";
import { api } from "../../api/client.ts";
import type { LiveQuery, Platform } from "../../api/types.ts";
import { useApi, useChange } from "../../api/use-api.ts";
import { Choices } from "../../parts/choices.tsx";
import { LabelChoices } from "../../parts/label-choices.tsx";
import { Page, Panel } from "../../parts/page.tsx";
import { ProblemNote } from "../../parts/problem-note.tsx";
import { SqlField } from "../../parts/sql-field.tsx";
import { Ago } from "../../parts/time.tsx";
import { useFilters } from "../../parts/use-filters.ts";
import { WaitingButton } from "../../parts/waiting-button.tsx";
import { counted, PLATFORM_NAMES } from "../../words/names.ts";
import { QueryResult } from "./query-result.tsx";
import "./query.css";

const FIRST_QUERY = "SELECT name, version FROM os_version";

/** Asks devices a question now, and shows the answers as they come. */
export function QueryPage() {
  const [{ id = "", device = "" }, setFilters] = useFilters();
  const [sql, setSql] = useState(FIRST_QUERY);
  const [platforms, setPlatforms] = useState<readonly Platform[]>([]);
  const [labelIds, setLabelIds] = useState<readonly string[]>([]);
  const ask = useChange(
    () =>
      api.post("/api/v1/live-queries", {
        body: {
          sql,
          selection: { deviceIds: device === "" ? [] : [device], platforms, labelIds },
        },
      }),
    "live-queries",
  );
  const run = () => ask.mutate(undefined, { onSuccess: (query) => setFilters({ id: query.id }) });
  return (
    <Page title="Live query" about="Ask devices in osquery’s SQL. Those that are away are asked when they return.">
      <div className="query-page">
        <div className="stack">
          <Panel>
            <Form
              className="stack"
              onSubmit={(event) => {
                event.preventDefault();
                run();
              }}
            >
              <SqlField value={sql} onChange={setSql} onRun={run} />
              {device === "" ? (
                <>
                  <Choices
                    label="Platforms"
                    value={platforms}
                    onChange={setPlatforms}
                    choices={PLATFORM_NAMES.slice(0, 4)}
                  />
                  <LabelChoices label="Labels" value={labelIds} onChange={setLabelIds} />
                </>
              ) : (
                <p className="soft">
                  One device is asked.{" "}
                  <Button className="button small" onPress={() => setFilters({ device: "" })}>
                    Ask all
                  </Button>
                </p>
              )}
              {ask.isError && <ProblemNote problem={ask.error} />}
              <div className="row">
                <WaitingButton className="button primary" type="submit" isWaiting={ask.isPending}>
                  Run
                </WaitingButton>
                <span className="faint small">
                  <kbd>Ctrl</kbd> <kbd>Enter</kbd>
                </span>
              </div>
            </Form>
          </Panel>
          {id !== "" && <QueryResult id={id} />}
        </div>
        <Earlier
          onChoose={(query) => {
            setSql(query.sql);
            setFilters({ id: query.id });
          }}
        />
      </div>
    </Page>
  );
}

function Earlier({ onChoose }: { readonly onChoose: (query: LiveQuery) => void }) {
  const earlier = useApi("/api/v1/live-queries", { query: { pageSize: 12 } });
  const queries = earlier.data?.liveQueries ?? [];
  return (
    <Panel title="Earlier queries" flush>
      {queries.length === 0 && <p className="faint panel-body">What was asked is kept here with its answers.</p>}
      <ul className="feed">
        {queries.map((query) => (
          <li key={query.id}>
            <Button className="earlier-query" onPress={() => onChoose(query)}>
              <code className="cut">{query.sql}</code>
            </Button>
            <span className="faint small">
              <Ago time={query.createdAt} />
            </span>
            <span className="faint small">
              {counted(query.answered, "answer")} of {query.targets}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
