import type { Schema } from "@muster/api-client/call";
import { api } from "../../api/client.ts";
import { usePages } from "../../api/use-api.ts";
import { ActButton } from "../../parts/act-button.tsx";
import { Badge } from "../../parts/badge.tsx";
import { ConfirmButton } from "../../parts/confirm-button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { PagedList } from "../../parts/paged-list.tsx";
import type { Column } from "../../parts/table.tsx";
import { Ago } from "../../parts/time.tsx";
import { useMay } from "../../session/session.tsx";
import { counted, eventName } from "../../words/names.ts";

/** One event that a sink's other side refused. */
type DeadLetter = Schema<"notification.DeadLetter">;

const COLUMNS: readonly Column<DeadLetter>[] = [
  { title: "Event", cell: ({ eventType }) => <strong title={eventType}>{eventName(eventType)}</strong> },
  {
    title: "Why not",
    width: "40%",
    cell: ({ reason, replaying }) => (
      <>
        {replaying && <Badge tone="info">is sent again</Badge>}{" "}
        <span className="soft" title={reason}>
          {reason}
        </span>
      </>
    ),
  },
  { title: "Happened", width: "100px", minor: true, cell: ({ eventTime }) => <Ago time={eventTime} never="–" /> },
  { title: "Given up", width: "100px", minor: true, cell: ({ failedAt }) => <Ago time={failedAt} never="–" /> },
];

const REFRESH_MS = 5_000;

interface DeadLettersProps {
  readonly sinkId: string;
  readonly deadCount: number;
}

/** The events that the other side did not take, each with its reason, and the two ways out. */
export function DeadLetters({ sinkId, deadCount }: DeadLettersProps) {
  const may = useMay("sink.write");
  const letters = usePages(
    "/api/v1/sinks/{sinkId}/dead-letters",
    { path: { sinkId } },
    { refetchInterval: REFRESH_MS },
  );
  return (
    <section className="stack" aria-labelledby="dead-letters">
      <header className="row between">
        <h2 id="dead-letters">Not taken</h2>
        {may && deadCount > 0 && (
          <div className="row">
            <ActButton
              act={() => api.post("/api/v1/sinks/{sinkId}/dead-letters/replay", { path: { sinkId }, body: {} })}
              outdates={["sinks"]}
              done={({ replayed }) => `${counted(replayed, "event")} will be sent once more.`}
            >
              Send again
            </ActButton>
            <ConfirmButton
              verb="Drop"
              name={counted(deadCount, "event")}
              consequence="They are not sent any more; each stays in the activity."
              act={() => api.post("/api/v1/sinks/{sinkId}/dead-letters/drop", { path: { sinkId }, body: {} })}
              outdates={["sinks"]}
            />
          </div>
        )}
      </header>
      <PagedList
        label="Events that were not taken"
        of={letters}
        rows={(answer) => answer.deadLetters}
        columns={COLUMNS}
        keyOf={({ eventId }) => eventId}
        empty={<Empty title="Everything was taken">An event that the other side refuses for good waits here.</Empty>}
      />
    </section>
  );
}
