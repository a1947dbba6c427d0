import { useState } from "react";
import { api } from "../../api/client.ts";
import { ChoiceField, TextLine } from "../../parts/fields.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { ALL_DEVICES, SelectionFields } from "../../parts/selection-fields.tsx";
import { useMay } from "../../session/session.tsx";

const KINDS = [
  ["COMMAND_TYPE_RUN_SCRIPT", "Run a script"],
  ["COMMAND_TYPE_RESTART", "Restart"],
  ["COMMAND_TYPE_REFETCH", "Refetch"],
  ["COMMAND_TYPE_LOCK", "Lock"],
  ["COMMAND_TYPE_WIPE", "Wipe"],
  ["COMMAND_TYPE_UNENROLL", "Unenroll"],
] as const;

/** The first device, then a tenth, then all. */
const WAVES = [{ count: 1 }, { percent: 10 }, { percent: 100 }];

export function NewCampaign() {
  const [name, setName] = useState("");
  const [reason, setReason] = useState("");
  const [type, setType] = useState<(typeof KINDS)[number][0]>(KINDS[0][0]);
  const [content, setContent] = useState("");
  const [selection, setSelection] = useState(ALL_DEVICES);
  const mayUnenroll = useMay("enrollment.unenroll");
  const kinds = KINDS.filter(([kind]) => kind !== "COMMAND_TYPE_UNENROLL" || mayUnenroll);
  const isScript = type === "COMMAND_TYPE_RUN_SCRIPT";
  const submit = () =>
    api.post("/api/v1/campaigns", {
      body: {
        name,
        reason,
        type,
        waves: WAVES,
        selection,
        ...(isScript && { runScript: { content } }),
      },
    });
  return (
    <FormDialog title="New campaign" submitText="Begin" submit={submit} outdates={["campaigns"]} wide>
      <TextLine label="Name" value={name} onChange={setName} isRequired autoFocus />
      <ChoiceField label="What devices do" value={type} onChange={setType} choices={kinds} />
      {isScript && <TextLine label="Script" value={content} onChange={setContent} rows={4} code isRequired />}
      <SelectionFields value={selection} onChange={setSelection} />
      <TextLine label="Why, for the record" value={reason} onChange={setReason} isRequired />
      <p className="faint small">One device is asked first, then a tenth of them, then the others.</p>
    </FormDialog>
  );
}
