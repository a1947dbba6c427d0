import { useState } from "react";
import { api } from "../../api/client.ts";
import { TextLine } from "../../parts/fields.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import type { Script } from "./script.ts";

export const NewScript = () => <ScriptForm title="New script" submitText="Save" />;

export const EditScript = ({ script }: { readonly script: Script }) => (
  <ScriptForm title="Edit" submitText="Save" script={script} />
);

interface ScriptFormProps {
  readonly title: string;
  readonly submitText: string;
  readonly script?: Script;
}

function ScriptForm({ title, submitText, script }: ScriptFormProps) {
  const [name, setName] = useState(script?.name ?? "");
  const [content, setContent] = useState(script?.content ?? "#!/bin/sh\n");
  const submit = () =>
    script === undefined
      ? api.post("/api/v1/scripts", { body: { name, content } })
      : api.put("/api/v1/scripts/{id}", { path: { id: script.id }, body: { name, content } });
  return (
    <FormDialog
      title={title}
      submitText={submitText}
      submit={submit}
      outdates={["scripts"]}
      primary={script === undefined}
      wide
    >
      <TextLine label="Name" value={name} onChange={setName} isRequired autoFocus />
      <TextLine
        label="Script"
        value={content}
        onChange={setContent}
        rows={12}
        code
        isRequired
        help="Its first line says what runs it, such as #!/bin/sh or #!/usr/bin/env python3."
      />
    </FormDialog>
  );
}
