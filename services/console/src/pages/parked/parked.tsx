import { api } from "../../api/client.ts";
import type { ParkedEvent } from "../../api/types.ts";
import { usePages } from "../../api/use-api.ts";
import { ActButton } from "../../parts/act-button.tsx";
import { Badge } from "../../parts/badge.tsx";
import { ConfirmButton } from "../../parts/confirm-button.tsx";
import { DeviceLink } from "../../parts/device-link.tsx";
import { Empty } from "../../parts/empty.tsx";
import { ChoiceField } from "../../parts/fields.tsx";
import { Page } from "../../parts/page.tsx";
import { PagedList } from "../../parts/paged-list.tsx";
import { toneOf } from "../../parts/states.ts";
import type { Column } from "../../parts/table.tsx";
import { Ago } from "../../parts/time.tsx";
import { useChoice } from "../../parts/use-filters.ts";
import { useMay } from "../../session/session.tsx";
import { enumWord, eventName } from "../../words/names.ts";

const COLUMNS: readonly Column<ParkedEvent>[] = [
  { title: "Event", cell: ({ type }) => <strong title={type}>{eventName(type)}</strong> },
  { title: "Consumer", width: "15%", minor: true, cell: ({ consumer }) => <span className="soft">{consumer}</span> },
  {
    title: "Device",
    width: "16%",
    minor: true,
    cell: ({ deviceId }) => deviceId !== "" && <DeviceLink id={deviceId} />,
  },
  {
    title: "State",
    width: "86px",
    cell: ({ state }) => <Badge tone={toneOf(state)}>{enumWord(state, "PARKED_EVENT_STATE_")}</Badge>,
  },
  { title: "Reason", width: "24%", minor: true, cell: ({ reason }) => <span title={reason}>{reason}</span> },
  { title: "Next try", width: "90px", minor: true, cell: ({ nextTryAt }) => <Ago time={nextTryAt} never="–" /> },
];

const STATES = [
  ["PARKED_EVENT_STATE_PARKED", "Parked"],
  ["PARKED_EVENT_STATE_DEAD", "Dead letters"],
] as const;

const OUTDATES = ["parked-events", "backbone"];

const retryOf = ({ id }: ParkedEvent) => (
  <ActButton
    small
    act={() => api.post("/api/v1/parked-events/{id}/retry", { path: { id } })}
    outdates={OUTDATES}
    done={() => "It is tried again now."}
  >
    Retry
  </ActButton>
);

const dropOf = ({ id, type, state }: ParkedEvent) => (
  <ConfirmButton
    small
    verb="Drop"
    name={eventName(type)}
    consequence={
      state.endsWith("PARKED")
        ? "It becomes a dead letter, and its device goes on without it."
        : "The dead letter is removed for good."
    }
    act={() => api.post("/api/v1/parked-events/{id}/drop", { path: { id } })}
    outdates={OUTDATES}
  />
);

/** Events that a consumer could not work off; only their own devices wait. */
export function Parked() {
  const [state, setState] = useChoice(
    "state",
    STATES.map(([value]) => value),
  );
  const found = usePages("/api/v1/parked-events", { query: { state } });
  const may = useMay("parked.write");
  const columns = may
    ? [...COLUMNS, { title: "Retry", width: "80px", cell: retryOf }, { title: "Drop", width: "88px", cell: dropOf }]
    : COLUMNS;
  return (
    <Page title="Parked events" about="What could not be worked off. Its device waits, in order; all others go on.">
      <div className="filters">
        <ChoiceField
          compact
          label="State"
          value={state}
          onChange={setState}
          choices={[["", "Parked and dead"], ...STATES]}
        />
      </div>
      <PagedList
        label="Parked events"
        of={found}
        rows={(answer) => answer.parkedEvents}
        columns={columns}
        keyOf={({ service, id }) => `${service} ${id}`}
        empty={<Empty title="Nothing is parked">Every event that came was worked off. That is how it should be.</Empty>}
      />
    </Page>
  );
}
