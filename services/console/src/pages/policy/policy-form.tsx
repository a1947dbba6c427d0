import { useState } from "react";
import { api } from "../../api/client.ts";
import type { Platform, Policy } from "../../api/types.ts";
import { Choices, SwitchLine } from "../../parts/choices.tsx";
import { ChoiceField, TextLine } from "../../parts/fields.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { SqlField } from "../../parts/sql-field.tsx";
import { PLATFORM_NAMES } from "../../words/names.ts";

const SEVERITIES = [
  ["SEVERITY_LOW", "Low"],
  ["SEVERITY_MEDIUM", "Medium"],
  ["SEVERITY_HIGH", "High"],
  ["SEVERITY_CRITICAL", "Critical"],
] as const;

type Draft = Pick<Policy, "name" | "description" | "query" | "severity" | "resolution" | "enabled"> & {
  readonly platforms: readonly Platform[];
};

const BLANK: Draft = {
  name: "",
  description: "",
  query: "SELECT 1 FROM ",
  severity: "SEVERITY_MEDIUM",
  resolution: "",
  enabled: true,
  platforms: [],
};

export const NewPolicy = () => {
  const [draft, setDraft] = useState(BLANK);
  const { platforms, ...policy } = draft;
  return (
    <FormDialog
      title="New policy"
      submitText="Create"
      submit={() => api.post("/api/v1/policies", { body: { ...policy, selection: { platforms } } })}
      outdates={["policies"]}
      wide
    >
      <Fields draft={draft} onChange={setDraft} />
    </FormDialog>
  );
};

export const EditPolicy = ({ policy }: { readonly policy: Policy }) => {
  const [draft, setDraft] = useState<Draft>({ ...policy, platforms: policy.selection?.platforms ?? [] });
  const { platforms, ...changed } = draft;
  return (
    <FormDialog
      title="Edit"
      primary={false}
      submitText="Save"
      submit={() =>
        api.put("/api/v1/policies/{id}", {
          path: { id: policy.id },
          body: { ...policy, ...changed, selection: { ...policy.selection, platforms } },
        })
      }
      outdates={["policies"]}
      wide
    >
      <Fields draft={draft} onChange={setDraft} />
    </FormDialog>
  );
};

function Fields({ draft, onChange }: { readonly draft: Draft; readonly onChange: (draft: Draft) => void }) {
  const set = (change: Partial<Draft>) => onChange({ ...draft, ...change });
  return (
    <>
      <TextLine label="Name" value={draft.name} onChange={(name) => set({ name })} isRequired autoFocus />
      <TextLine label="Why it matters" value={draft.description} onChange={(description) => set({ description })} />
      <SqlField value={draft.query} onChange={(query) => set({ query })} rows={3} />
      <Choices
        label="Platforms, none for every one"
        value={draft.platforms}
        onChange={(platforms) => set({ platforms })}
        choices={PLATFORM_NAMES.slice(0, 4)}
      />
      <ChoiceField
        label="Severity"
        value={draft.severity}
        onChange={(severity) => set({ severity })}
        choices={SEVERITIES}
      />
      <TextLine
        label="What to do where it fails"
        value={draft.resolution}
        onChange={(resolution) => set({ resolution })}
        rows={2}
      />
      <SwitchLine text="In force" value={draft.enabled} onChange={(enabled) => set({ enabled })} />
    </>
  );
}
