import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "../../api/client.ts";
import type { Label } from "../../api/types.ts";
import { useApi } from "../../api/use-api.ts";
import { Badge } from "../../parts/badge.tsx";
import { ConfirmButton } from "../../parts/confirm-button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { ChoiceField, TextLine } from "../../parts/fields.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { List } from "../../parts/list.tsx";
import { Page } from "../../parts/page.tsx";
import { SqlField } from "../../parts/sql-field.tsx";
import type { Column } from "../../parts/table.tsx";
import { useMay } from "../../session/session.tsx";
import { count, enumWord } from "../../words/names.ts";

const COLUMNS: readonly Column<Label>[] = [
  {
    title: "Label",
    cell: ({ id, name }) => (
      <Link to="/devices" search={{ labelId: id }}>
        {name}
      </Link>
    ),
  },
  { title: "Fills by", width: "96px", cell: ({ kind }) => <Badge>{enumWord(kind, "LABEL_KIND_")}</Badge> },
  {
    title: "What for",
    width: "40%",
    minor: true,
    cell: ({ description, query }) => <span className="soft">{description || query}</span>,
  },
  { title: "Devices", width: "88px", numeric: true, cell: ({ deviceCount }) => count(deviceCount) },
];

const deleteOf = ({ id, name }: Label) => (
  <ConfirmButton
    small
    verb="Delete"
    name={name}
    consequence="It is taken off all devices, and what is chosen by it chooses nobody any more."
    act={() => api.delete("/api/v1/labels/{id}", { path: { id } })}
    outdates={["labels"]}
  />
);

/** Groups of devices, put together by hand or by what devices answer. */
export function Labels() {
  const labels = useApi("/api/v1/labels");
  const may = useMay("label.write");
  const columns = may ? [...COLUMNS, { title: "Delete", width: "100px", minor: true, cell: deleteOf }] : COLUMNS;
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

const KINDS = [
  ["LABEL_KIND_QUERY", "By a question"],
  ["LABEL_KIND_MANUAL", "By hand"],
] as const;

function NewLabel() {
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [kind, setKind] = useState<(typeof KINDS)[number][0]>(KINDS[0][0]);
  const [query, setQuery] = useState("SELECT 1 FROM ");
  const isAsked = kind === "LABEL_KIND_QUERY";
  const submit = () => api.post("/api/v1/labels", { body: { name, description, kind, ...(isAsked && { query }) } });
  return (
    <FormDialog title="New label" submitText="Create" submit={submit} outdates={["labels"]}>
      <TextLine label="Name" value={name} onChange={setName} isRequired autoFocus />
      <TextLine label="What for" value={description} onChange={setDescription} />
      <ChoiceField label="How it fills" value={kind} onChange={setKind} choices={KINDS} />
      {isAsked && <SqlField value={query} onChange={setQuery} rows={3} />}
    </FormDialog>
  );
}
