import { Link } from "@tanstack/react-router";
import type { ConsumerHealth } from "../../api/types.ts";
import { useApi } from "../../api/use-api.ts";
import { Badge } from "../../parts/badge.tsx";
import { Empty } from "../../parts/empty.tsx";
import { List } from "../../parts/list.tsx";
import { Page } from "../../parts/page.tsx";
import type { Column } from "../../parts/table.tsx";
import { Ago } from "../../parts/time.tsx";
import { count } from "../../words/names.ts";

const COLUMNS: readonly Column<ConsumerHealth>[] = [
  { title: "Consumer", cell: ({ consumer }) => <strong>{consumer}</strong> },
  {
    title: "State",
    width: "110px",
    cell: ({ problem, deadLetters, parkedEvents }) =>
      problem !== "" ? (
        <Badge tone="bad">problem</Badge>
      ) : parkedEvents + deadLetters > 0 ? (
        <Badge tone="warn">parked</Badge>
      ) : (
        <Badge tone="ok">healthy</Badge>
      ),
  },
  { title: "Behind", width: "90px", numeric: true, cell: ({ behind }) => count(behind) },
  { title: "Oldest", width: "100px", minor: true, cell: ({ oldestUnheard }) => <Ago time={oldestUnheard} never="–" /> },
  { title: "Parked", width: "84px", numeric: true, minor: true, cell: ({ parkedEvents }) => count(parkedEvents) },
  { title: "Dead", width: "74px", numeric: true, minor: true, cell: ({ deadLetters }) => count(deadLetters) },
  { title: "Repaired", width: "96px", numeric: true, minor: true, cell: ({ repaired }) => count(repaired) },
  { title: "Problem", width: "22%", minor: true, cell: ({ problem }) => <span title={problem}>{problem}</span> },
];

const LOOK_AGAIN_MS = 5_000;

/** How far each service is with the events of the others. */
export function Health() {
  const backbone = useApi("/api/v1/backbone", {}, { refetchInterval: LOOK_AGAIN_MS });
  const unanswered = backbone.data?.unanswered ?? [];
  return (
    <Page
      title="Health"
      about={
        <>
          How far each service is with the others’ events. What failed is under <Link to="/parked">parked events</Link>.
        </>
      }
    >
      {unanswered.length > 0 && <p className="note warn">These services did not answer: {unanswered.join(", ")}.</p>}
      <List
        label="Consumers"
        of={backbone}
        rows={(answer) => answer.consumers}
        columns={COLUMNS}
        keyOf={({ service, consumer, publisher }) => `${service} ${consumer} ${publisher}`}
        empty={<Empty title="No consumer reported yet" />}
      />
    </Page>
  );
}
