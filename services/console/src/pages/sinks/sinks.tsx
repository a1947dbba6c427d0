import { Link } from "@tanstack/react-router";
import type { Sink } from "../../api/types.ts";
import { useApi } from "../../api/use-api.ts";
import { Empty } from "../../parts/empty.tsx";
import { List } from "../../parts/list.tsx";
import { Page } from "../../parts/page.tsx";
import type { Column } from "../../parts/table.tsx";
import { Ago } from "../../parts/time.tsx";
import { useMay } from "../../session/session.tsx";
import { count } from "../../words/names.ts";
import { DESTINATIONS, kindOf } from "../sink/destinations.ts";
import { NewSink } from "../sink/sink-forms.tsx";
import { SinkState } from "../sink/sink-state.tsx";

const COLUMNS: readonly Column<Sink>[] = [
  {
    title: "Sink",
    cell: ({ id, name }) => (
      <Link to="/sinks/$sinkId" params={{ sinkId: id }}>
        {name}
      </Link>
    ),
  },
  {
    title: "Kind",
    width: "150px",
    minor: true,
    cell: (sink) => <span className="soft">{DESTINATIONS[kindOf(sink)].title}</span>,
  },
  { title: "State", width: "100px", cell: (sink) => <SinkState of={sink} /> },
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

/** Where events are pushed to, how far each is, and what it last said. */
export function Sinks() {
  const sinks = useApi("/api/v1/sinks", {}, { refetchInterval: 10_000 });
  const may = useMay("sink.write");
  const failing = (sinks.data?.sinks ?? []).filter(({ health }) => (health?.lastError ?? "") !== "");
  return (
    <Page
      title="Sinks"
      about="Every event pushed to a SIEM, a log or a bucket, from a position that is never lost."
      actions={may && <NewSink />}
    >
      {failing.map(({ id, name, health }) => (
        <p className="note bad" key={id}>
          <strong>{name}</strong> {health?.lastError}
        </p>
      ))}
      <List
        label="Sinks"
        of={sinks}
        rows={(answer) => answer.sinks}
        columns={COLUMNS}
        keyOf={({ id }) => id}
        empty={
          <Empty title="No sink yet" command="npm run -s muster -- sink create -f splunk.yaml">
            Splunk, Elasticsearch, syslog, Kafka, Sentinel, S3 and files; made here, or written down in a file.
          </Empty>
        }
      />
    </Page>
  );
}
