import { api } from "../../api/client.ts";
import type { Fields } from "../../editing/changed-meanwhile.tsx";
import { EditDialog } from "../../editing/edit-dialog.tsx";
import { TextLine } from "../../parts/fields.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import type { Script } from "./script.ts";

type Draft = Pick<Script, "name" | "content">;

const BLANK: Draft = { name: "", content: "#!/bin/sh\n" };

const FIELDS: Fields<Draft> = { name: { label: "Name" }, content: { label: "Script" } };

export function NewScript() {
  return (
    <FormDialog
      title="New script"
      submitText="Save"
      begin={BLANK}
      submit={(draft) => api.post("/api/v1/scripts", { body: draft })}
      outdates={["scripts"]}
      wide
    >
      {(draft, set) => <ScriptFields draft={draft} set={set} />}
    </FormDialog>
  );
}

export const EditScript = ({ script }: { readonly script: Script }) => (
  <EditDialog
    title="Edit"
    submitText="Save"
    thing={script}
    draftOf={({ name, content }): Draft => ({ name, content })}
    fields={FIELDS}
    save={(draft, { id }, ifMatch) => api.put("/api/v1/scripts/{id}", { path: { id }, body: draft, ifMatch })}
    load={() => api.get("/api/v1/scripts/{id}", { path: { id: script.id } })}
    outdates={["scripts"]}
  >
    {(draft, set) => <ScriptFields draft={draft} set={set} />}
  </EditDialog>
);

interface ScriptFieldsProps {
  readonly draft: Draft;
  readonly set: (change: Partial<Draft>) => void;
}

const ScriptFields = ({ draft, set }: ScriptFieldsProps) => (
  <>
    <TextLine label="Name" value={draft.name} onChange={(name) => set({ name })} isRequired autoFocus />
    <TextLine
      label="Script"
      value={draft.content}
      onChange={(content) => set({ content })}
      rows={12}
      code
      isRequired
      help="Its first line says what runs it, such as #!/bin/sh or #!/usr/bin/env python3."
    />
  </>
);
