import { Link } from "@tanstack/react-router";
import { api } from "../../api/client.ts";
import type { Label } from "../../api/types.ts";
import { useApi } from "../../api/use-api.ts";
import { tagOf } from "../../editing/revision.ts";
import { Badge } from "../../parts/badge.tsx";
import { ConfirmButton } from "../../parts/confirm-button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { List } from "../../parts/list.tsx";
import { Page } from "../../parts/page.tsx";
import type { Column } from "../../parts/table.tsx";
import { useMay } from "../../session/session.tsx";
import { count, enumWord } from "../../words/names.ts";
import { EditLabel, NewLabel } from "./label-forms.tsx";

const COLUMNS: readonly Column<Label>[] = [
  {
    title: "Label",
    cell: ({ id, name }) => (
      <Link to="/devices" search={{ labelId: id }}>
        {name}
      </Link>
    ),
  },
  { title: "Fills by", width: "96px", minor: true, cell: ({ kind }) => <Badge>{enumWord(kind, "LABEL_KIND_")}</Badge> },
  {
    title: "What for",
    width: "40%",
    minor: true,
    cell: ({ description, query }) => <span className="soft">{description || query}</span>,
  },
  { title: "Devices", width: "88px", numeric: true, cell: ({ deviceCount }) => count(deviceCount) },
];

const changeOf = (label: Label) => <EditLabel label={label} />;

const deleteOf = (label: Label) => (
  <ConfirmButton
    small
    verb="Delete"
    name={label.name}
    consequence="It is taken off all devices, and what is chosen by it chooses nobody any more."
    act={() => api.delete("/api/v1/labels/{id}", { path: { id: label.id }, ifMatch: tagOf(label) })}
    outdates={["labels"]}
  />
);

/** Groups of devices, put together by hand or by what devices answer. */
export function Labels() {
  const labels = useApi("/api/v1/labels");
  const may = useMay("label.write");
  const columns = may
    ? [
        ...COLUMNS,
        { title: "Change", width: "80px", cell: changeOf },
        { title: "Delete", width: "100px", minor: true, cell: deleteOf },
      ]
    : COLUMNS;
  return (
    <Page
      title="Labels"
      about="Groups of devices that policies, campaigns and filters choose by."
      actions={may && <NewLabel />}
    >
      <List
        label="Labels"
        of={labels}
        rows={(answer) => answer.labels}
        columns={columns}
        keyOf={({ id }) => id}
        empty={<Empty title="No label yet">Make one by a question: devices that answer it with a row carry it.</Empty>}
      />
    </Page>
  );
}
