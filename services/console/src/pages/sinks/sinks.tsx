import { api } from "../../api/client.ts";
import type { Sink } from "../../api/types.ts";
import { useApi } from "../../api/use-api.ts";
import { ActButton } from "../../parts/act-button.tsx";
import { Badge } from "../../parts/badge.tsx";
import { Empty } from "../../parts/empty.tsx";
import { List } from "../../parts/list.tsx";
import { Page } from "../../parts/page.tsx";
import { toneOf } from "../../parts/states.ts";
import type { Column } from "../../parts/table.tsx";
import { Ago } from "../../parts/time.tsx";
import { useMay } from "../../session/session.tsx";
import { count, enumWord } from "../../words/names.ts";

const KINDS = [
  ["splunkHec", "Splunk"],
  ["elasticsearch", "Elasticsearch"],
  ["syslog", "syslog"],
  ["kafka", "Kafka"],
  ["sentinel", "Microsoft Sentinel"],
  ["s3", "S3"],
  ["file", "file"],
] as const;

const kindOf = (sink: Sink): string => KINDS.find(([field]) => field in sink)?.[1] ?? "";

const COLUMNS: readonly Column<Sink>[] = [
  { title: "Sink", cell: ({ name }) => <strong>{name}</strong> },
  { title: "Kind", width: "150px", minor: true, cell: (sink) => <span className="soft">{kindOf(sink)}</span> },
  {
    title: "State",
    width: "100px",
    cell: ({ health }) => (
      <Badge tone={health?.state === "SINK_STATE_RUNNING" ? "ok" : toneOf(health?.state ?? "")}>
        {enumWord(health?.state ?? "", "SINK_STATE_")}
      </Badge>
    ),
  },
  { title: "Behind", width: "90px", numeric: true, cell: ({ health }) => count(health?.lagEvents ?? 0) },
  {
    title: "Sent",
    width: "100px",
    numeric: true,
    minor: true,
    cell: ({ health }) => count(health?.deliveredCount ?? 0),
  },
  { title: "Dead", width: "70px", numeric: true, minor: true, cell: ({ health }) => count(health?.deadCount ?? 0) },
  { title: "Success", width: "100px", minor: true, cell: ({ health }) => <Ago time={health?.lastSuccessAt} /> },
];

const testOf = ({ id }: Sink) => (
  <ActButton
    small
    act={() => api.post("/api/v1/sinks/{id}/test", { path: { id } })}
    outdates={["sinks"]}
    done={({ taken, answer }) => (taken ? "The other side took a test event." : `It was not taken: ${answer}`)}
  >
    Test
  </ActButton>
);

const pauseOf = ({ id, name, health }: Sink) =>
  health?.state === "SINK_STATE_PAUSED" ? (
    <ActButton
      small
      act={() => api.post("/api/v1/sinks/{id}/resume", { path: { id } })}
      outdates={["sinks"]}
      done={() => `${name} goes on.`}
    >
      Resume
    </ActButton>
  ) : (
    <ActButton
      small
      act={() => api.post("/api/v1/sinks/{id}/pause", { path: { id } })}
      outdates={["sinks"]}
      done={() => `${name} is paused; its position stays.`}
    >
      Pause
    </ActButton>
  );

/** Where events are pushed to, how far each is, and what it last said. */
export function Sinks() {
  const sinks = useApi("/api/v1/sinks", {}, { refetchInterval: 10_000 });
  const may = useMay("sink.write");
  const columns = may
    ? [...COLUMNS, { title: "Test", width: "76px", cell: testOf }, { title: "Pause", width: "94px", cell: pauseOf }]
    : COLUMNS;
  const failing = (sinks.data?.sinks ?? []).filter(({ health }) => (health?.lastError ?? "") !== "");
  return (
    <Page title="Sinks" about="Every event pushed to a SIEM, a log or a bucket, from a position that is never lost.">
      {failing.map(({ id, name, health }) => (
        <p className="note bad" key={id}>
          <strong>{name}</strong> {health?.lastError}
        </p>
      ))}
      <List
        label="Sinks"
        of={sinks}
        rows={(answer) => answer.sinks}
        columns={columns}
        keyOf={({ id }) => id}
        empty={
          <Empty title="No sink yet" command="npm run -s muster -- sink create -f splunk.yaml">
            Splunk, Elasticsearch, syslog, Kafka, Sentinel, S3 and files; a sink is written down in a file.
          </Empty>
        }
      />
    </Page>
  );
}
