import { api } from "../../api/client.ts";
import type { Label } from "../../api/types.ts";
import type { Fields } from "../../editing/changed-meanwhile.tsx";
import { EditDialog } from "../../editing/edit-dialog.tsx";
import { ChoiceField, TextLine } from "../../parts/fields.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { SqlField } from "../../parts/sql-field.tsx";

const KINDS = [
  ["LABEL_KIND_QUERY", "By a question"],
  ["LABEL_KIND_MANUAL", "By hand"],
] as const satisfies readonly (readonly [Label["kind"], string])[];

type Draft = Pick<Label, "name" | "description" | "query">;

const BLANK: Draft & Pick<Label, "kind"> = {
  name: "",
  description: "",
  query: "SELECT 1 FROM ",
  kind: "LABEL_KIND_QUERY",
};

export const NewLabel = () => (
  <FormDialog
    title="New label"
    submitText="Create"
    begin={BLANK}
    submit={({ query, ...label }) =>
      api.post("/api/v1/labels", { body: { ...label, ...(label.kind === "LABEL_KIND_QUERY" && { query }) } })
    }
    outdates={["labels"]}
  >
    {({ name, description, query, kind }, set) => (
      <>
        <TextLine label="Name" value={name} onChange={(text) => set({ name: text })} isRequired autoFocus />
        <TextLine label="What for" value={description} onChange={(text) => set({ description: text })} />
        <ChoiceField label="How it fills" value={kind} onChange={(how) => set({ kind: how })} choices={KINDS} />
        {kind === "LABEL_KIND_QUERY" && <SqlField value={query} onChange={(text) => set({ query: text })} rows={3} />}
      </>
    )}
  </FormDialog>
);

const FIELDS: Fields<Draft> = {
  name: { label: "Name" },
  description: { label: "What for" },
  query: { label: "SQL" },
};

export const EditLabel = ({ label }: { readonly label: Label }) => (
  <EditDialog
    title="Edit"
    submitText="Save"
    thing={label}
    draftOf={({ name, description, query }): Draft => ({ name, description, query })}
    fields={FIELDS}
    save={(draft, seen, ifMatch) =>
      api.put("/api/v1/labels/{id}", { path: { id: seen.id }, body: { ...seen, ...draft }, ifMatch })
    }
    load={() => api.get("/api/v1/labels/{id}", { path: { id: label.id } })}
    outdates={["labels"]}
  >
    {({ name, description, query }, set) => (
      <>
        <TextLine label="Name" value={name} onChange={(text) => set({ name: text })} isRequired autoFocus />
        <TextLine label="What for" value={description} onChange={(text) => set({ description: text })} />
        {label.kind === "LABEL_KIND_QUERY" && (
          <SqlField value={query} onChange={(text) => set({ query: text })} rows={3} />
        )}
      </>
    )}
  </EditDialog>
);
