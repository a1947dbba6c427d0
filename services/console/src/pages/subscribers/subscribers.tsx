import { api } from "../../api/client.ts";
import type { Subscriber } from "../../api/types.ts";
import { useApi } from "../../api/use-api.ts";
import { Badge } from "../../parts/badge.tsx";
import { ConfirmButton } from "../../parts/confirm-button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { TextLine } from "../../parts/fields.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { List } from "../../parts/list.tsx";
import { Page } from "../../parts/page.tsx";
import { toneOf } from "../../parts/states.ts";
import type { Column } from "../../parts/table.tsx";
import { Ago } from "../../parts/time.tsx";
import { useMay } from "../../session/session.tsx";
import { count, enumWord } from "../../words/names.ts";

const COLUMNS: readonly Column<Subscriber>[] = [
  { title: "Subscriber", cell: ({ name }) => <strong>{name}</strong> },
  {
    title: "Stream",
    width: "26%",
    minor: true,
    cell: ({ connection }) => <code className="soft">{connection?.stream}</code>,
  },
  {
    title: "State",
    width: "100px",
    cell: ({ health }) => (
      <Badge tone={health?.state === "SUBSCRIBER_STATE_RUNNING" ? "ok" : toneOf(health?.state ?? "")}>
        {enumWord(health?.state ?? "", "SUBSCRIBER_STATE_")}
      </Badge>
    ),
  },
  { title: "Waiting", width: "90px", numeric: true, cell: ({ health }) => count(health?.waitingEvents ?? 0) },
  { title: "Settled", width: "100px", minor: true, cell: ({ health }) => <Ago time={health?.settledAt} /> },
];

const revokeOf = ({ id, name }: Subscriber) => (
  <ConfirmButton
    small
    verb="Revoke"
    name={name}
    consequence="Its connections end at once, and its stream is removed with what waits in it."
    act={() => api.delete("/api/v1/subscribers/{id}", { path: { id } })}
    outdates={["subscribers"]}
  />
);

/** Programs that pull events from NATS themselves. */
export function Subscribers() {
  const subscribers = useApi("/api/v1/subscribers", {}, { refetchInterval: 10_000 });
  const may = useMay("subscriber.write");
  const columns = may ? [...COLUMNS, { title: "Revoke", width: "106px", cell: revokeOf }] : COLUMNS;
  return (
    <Page
      title="Subscribers"
      about="Programs that pull events over NATS, each with an account, a stream and a durable consumer of its own."
      actions={may && <NewSubscriber />}
    >
      <List
        label="Subscribers"
        of={subscribers}
        rows={(answer) => answer.subscribers}
        columns={columns}
        keyOf={({ id }) => id}
        empty={
          <Empty title="No subscriber yet" command="npm run -s muster -- subscriber create --name SOC > soc.creds">
            Its credentials are shown once; any NATS client reads with them, from where it stopped.
          </Empty>
        }
      />
    </Page>
  );
}

const NewSubscriber = () => (
  <FormDialog
    title="New subscriber"
    submitText="Create"
    begin={{ name: "" }}
    submit={(body) => api.post("/api/v1/subscribers", { body })}
    outdates={["subscribers"]}
    once={({ connection }) => connection?.credentials ?? ""}
  >
    {({ name }, set) => (
      <TextLine label="Name" value={name} onChange={(text) => set({ name: text })} isRequired autoFocus />
    )}
  </FormDialog>
);
