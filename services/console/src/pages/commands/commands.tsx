import { Link } from "@tanstack/react-router";
import { api } from "../../api/client.ts";
import type { Command } from "../../api/types.ts";
import { usePages } from "../../api/use-api.ts";
import { Badge } from "../../parts/badge.tsx";
import { ConfirmButton } from "../../parts/confirm-button.tsx";
import { DeviceLink } from "../../parts/device-link.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Page } from "../../parts/page.tsx";
import { PagedList } from "../../parts/paged-list.tsx";
import { StateFilter } from "../../parts/state-filter.tsx";
import { toneOf } from "../../parts/states.ts";
import type { Column } from "../../parts/table.tsx";
import { Ago } from "../../parts/time.tsx";
import { useChoice } from "../../parts/use-filters.ts";
import { useMay } from "../../session/session.tsx";
import { capital, enumWord } from "../../words/names.ts";

const STATE = "COMMAND_STATE_";
const OPEN = ["COMMAND_STATE_QUEUED", "COMMAND_STATE_DELIVERED", "COMMAND_STATE_RUNNING"] as const;
const ENDED = [
  "COMMAND_STATE_ACKNOWLEDGED",
  "COMMAND_STATE_FAILED",
  "COMMAND_STATE_EXPIRED",
  "COMMAND_STATE_CANCELLED",
] as const;
const STATES = [...OPEN, ...ENDED];

const COLUMNS: readonly Column<Command>[] = [
  {
    title: "Command",
    cell: ({ type, apple, deviceId }) => (
      <>
        {apple?.requestType || capital(enumWord(type, "COMMAND_TYPE_"))}
        <span className="narrow small">
          <DeviceLink id={deviceId} />
        </span>
      </>
    ),
  },
  { title: "Device", width: "24%", minor: true, cell: ({ deviceId }) => <DeviceLink id={deviceId} /> },
  {
    title: "State",
    width: "124px",
    cell: ({ state }) => <Badge tone={toneOf(state)}>{enumWord(state, STATE)}</Badge>,
  },
  {
    title: "By",
    width: "24%",
    minor: true,
    cell: ({ createdBy, reason }) => <span className="soft">{`${createdBy} ${reason}`}</span>,
  },
  { title: "Asked", width: "96px", minor: true, cell: ({ createdAt }) => <Ago time={createdAt} /> },
];

const cancelOf = ({ id, state, type }: Command) =>
  OPEN.some((open) => open === state) && (
    <ConfirmButton
      small
      verb="Withdraw"
      name={enumWord(type, "COMMAND_TYPE_")}
      consequence="The device is not asked any more; what it already does is stopped if it can."
      act={() => api.post("/api/v1/commands/{id}/cancel", { path: { id } })}
      outdates={["commands"]}
    />
  );

/** What devices were asked to do, everywhere. */
export function Commands() {
  const [state, setState] = useChoice("state", STATES);
  const found = usePages("/api/v1/commands", { query: { state } });
  const may = useMay("command.write");
  const columns = may ? [...COLUMNS, { title: "Withdraw", width: "118px", cell: cancelOf }] : COLUMNS;
  return (
    <Page title="Commands" about="What each device was asked to do, and what became of it.">
      <StateFilter prefix={STATE} states={STATES} value={state} onChange={setState} />
      <PagedList
        label="Commands"
        of={found}
        rows={(answer) => answer.commands}
        columns={columns}
        keyOf={({ id }) => id}
        empty={
          <Empty title="No command like this">
            Choose a device among <Link to="/devices">all devices</Link> and an action beside its name.
          </Empty>
        }
      />
    </Page>
  );
}
