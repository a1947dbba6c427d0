import { api } from "../../api/client.ts";
import type { Selection } from "../../api/types.ts";
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

interface Draft {
  readonly name: string;
  readonly reason: string;
  readonly type: (typeof KINDS)[number][0];
  readonly content: string;
  readonly selection: Selection;
}

const BLANK: Draft = { name: "", reason: "", type: "COMMAND_TYPE_RUN_SCRIPT", content: "", selection: ALL_DEVICES };

const isScript = ({ type }: Draft): boolean => type === "COMMAND_TYPE_RUN_SCRIPT";

const inputOf = (draft: Draft) => {
  const { content, ...campaign } = draft;
  return { ...campaign, waves: WAVES, ...(isScript(draft) && { runScript: { content } }) };
};

export function NewCampaign() {
  const mayUnenroll = useMay("enrollment.unenroll");
  const kinds = KINDS.filter(([kind]) => kind !== "COMMAND_TYPE_UNENROLL" || mayUnenroll);
  return (
    <FormDialog
      title="New campaign"
      submitText="Begin"
      begin={BLANK}
      submit={(draft) => api.post("/api/v1/campaigns", { body: inputOf(draft) })}
      outdates={["campaigns"]}
      wide
    >
      {(draft, set) => (
        <>
          <TextLine label="Name" value={draft.name} onChange={(name) => set({ name })} isRequired autoFocus />
          <ChoiceField label="What devices do" value={draft.type} onChange={(type) => set({ type })} choices={kinds} />
          {isScript(draft) && (
            <TextLine
              label="Script"
              value={draft.content}
              onChange={(content) => set({ content })}
              rows={4}
              code
              isRequired
            />
          )}
          <SelectionFields value={draft.selection} onChange={(selection) => set({ selection })} />
          <TextLine
            label="Why, for the record"
            value={draft.reason}
            onChange={(reason) => set({ reason })}
            isRequired
          />
          <p className="faint small">One device is asked first, then a tenth of them, then the others.</p>
        </>
      )}
    </FormDialog>
  );
}
