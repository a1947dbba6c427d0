import { Link } from "@tanstack/react-router";
import { send } from "../../api/client.ts";
import type { Command } from "../../api/types.ts";
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
import { useFilters } from "../../parts/use-filters.ts";
import { useMay } from "../../session/session.tsx";
import { capital, enumWord } from "../../words/names.ts";

interface CommandPage {
  readonly commands: readonly Command[];
  readonly nextPageToken: string;
}

const STATE = "COMMAND_STATE_";
const OPEN = ["QUEUED", "DELIVERED", "RUNNING"];
const ENDED = ["ACKNOWLEDGED", "FAILED", "EXPIRED", "CANCELLED"];

const COLUMNS: readonly Column<Command>[] = [
  {
    title: "Command",
    cell: ({ type, apple }) => apple?.requestType || capital(enumWord(type, "COMMAND_TYPE_")),
  },
  { title: "Device", width: "24%", cell: ({ deviceId }) => <DeviceLink id={deviceId} /> },
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
  OPEN.includes(state.replace(STATE, "")) && (
    <ConfirmButton
      small
      verb="Withdraw"
      name={enumWord(type, "COMMAND_TYPE_")}
      consequence="The device is not asked any more; what it already does is stopped if it can."
      act={() => send("POST", `commands/${id}/cancel`)}
      outdates={["commands"]}
    />
  );

/** What devices were asked to do, everywhere. */
export function Commands() {
  const [{ state = "" }, setFilters] = useFilters();
  const may = useMay("command.write");
  const columns = may ? [...COLUMNS, { title: "Withdraw", width: "118px", cell: cancelOf }] : COLUMNS;
  return (
    <Page title="Commands" about="What each device was asked to do, and what became of it.">
      <StateFilter
        prefix={STATE}
        states={[...OPEN, ...ENDED]}
        value={state}
        onChange={(value) => setFilters({ state: value })}
      />
      <PagedList<CommandPage, Command>
        label="Commands"
        path="commands"
        query={{ state }}
        rows={({ commands }) => commands}
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
