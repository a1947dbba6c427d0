import { useApi } from "../../api/use-api.ts";
import { type Json, writeJson } from "../../editing/json-text.ts";
import { Answered } from "../../parts/answered.tsx";
import { Badge } from "../../parts/badge.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Page, Panel } from "../../parts/page.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { Ago } from "../../parts/time.tsx";
import { useMay } from "../../session/session.tsx";
import { count, counted } from "../../words/names.ts";
import { EditOsquery } from "./osquery-form.tsx";
import { type ScheduledQuery, scheduledQueries } from "./scheduled-queries.ts";

const COLUMNS: readonly Column<ScheduledQuery>[] = [
  {
    title: "Query",
    cell: ({ name, pack }) => (
      <>
        <strong>{name}</strong> {pack !== "" && <Badge>{pack}</Badge>}
      </>
    ),
  },
  { title: "SQL", width: "46%", minor: true, cell: ({ sql }) => <code title={sql}>{sql}</code> },
  { title: "Platform", width: "90px", minor: true, cell: ({ platform }) => <span className="soft">{platform}</span> },
  { title: "Every", width: "90px", numeric: true, cell: ({ seconds }) => `${count(seconds)} s` },
];

/** What osquery hosts are configured with: what they ask themselves, how often, and their options. */
export function Osquery() {
  const config = useApi("/api/v1/osquery-config");
  const may = useMay("osquery.write");
  return (
    <Page
      title="osquery"
      about={
        config.data?.updatedAt === undefined ? (
          "What hosts with osquery are configured with."
        ) : (
          <>
            What hosts with osquery are configured with. Changed <Ago time={config.data.updatedAt} />.
          </>
        )
      }
      actions={may && config.data !== undefined && <EditOsquery config={config.data} />}
    >
      <Answered of={config}>
        {({ schedule, packs, options, decorators }) => {
          const queries = scheduledQueries(schedule, packs);
          return (
            <>
              <Panel title="Schedule" more={<Badge>{counted(queries.length, "query", "queries")}</Badge>} flush>
                {queries.length === 0 ? (
                  <Empty title="Nothing is scheduled">
                    A scheduled query is run by each host at its interval; what changed since is logged here.
                  </Empty>
                ) : (
                  <Table
                    label="Schedule"
                    columns={COLUMNS}
                    rows={queries}
                    keyOf={({ pack, name }) => `${pack} ${name}`}
                  />
                )}
              </Panel>
              <div className="two">
                <Settings title="Options" settings={options} empty="Every option is Muster’s own." />
                <Settings title="Decorators" settings={decorators} empty="Nothing is added to what hosts log." />
              </div>
            </>
          );
        }}
      </Answered>
    </Page>
  );
}

interface SettingsProps {
  readonly title: string;
  readonly settings: Json | undefined;
  readonly empty: string;
}

const Settings = ({ title, settings = {}, empty }: SettingsProps) => (
  <Panel title={title}>
    {Object.keys(settings).length === 0 ? <p className="soft">{empty}</p> : <pre>{writeJson(settings)}</pre>}
  </Panel>
);
