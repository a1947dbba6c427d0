import { api } from "../../api/client.ts";
import type { Platform, Policy } from "../../api/types.ts";
import type { Fields } from "../../editing/changed-meanwhile.tsx";
import { EditDialog } from "../../editing/edit-dialog.tsx";
import { Choices, SwitchLine } from "../../parts/choices.tsx";
import { ChoiceField, TextLine } from "../../parts/fields.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { SqlField } from "../../parts/sql-field.tsx";
import { enumWord, PLATFORM_NAMES, platformName } from "../../words/names.ts";

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

const FIELDS: Fields<Draft> = {
  name: { label: "Name" },
  description: { label: "Why it matters" },
  query: { label: "SQL" },
  platforms: { label: "Platforms", show: (platforms) => platforms.map(platformName).join(", ") || "every one" },
  severity: { label: "Severity", show: (severity) => enumWord(severity, "SEVERITY_") },
  resolution: { label: "What to do where it fails" },
  enabled: { label: "In force" },
};

export const NewPolicy = () => (
  <FormDialog
    title="New policy"
    submitText="Create"
    begin={BLANK}
    submit={({ platforms, ...policy }) =>
      api.post("/api/v1/policies", { body: { ...policy, selection: { platforms } } })
    }
    outdates={["policies"]}
    wide
  >
    {(draft, set) => <PolicyFields draft={draft} set={set} />}
  </FormDialog>
);

const draftOf = ({ name, description, query, severity, resolution, enabled, selection }: Policy): Draft => ({
  name,
  description,
  query,
  severity,
  resolution,
  enabled,
  platforms: selection?.platforms ?? [],
});

export const EditPolicy = ({ policy }: { readonly policy: Policy }) => (
  <EditDialog
    title="Edit"
    submitText="Save"
    thing={policy}
    draftOf={draftOf}
    fields={FIELDS}
    save={({ platforms, ...changed }, seen, ifMatch) =>
      api.put("/api/v1/policies/{id}", {
        path: { id: seen.id },
        body: { ...seen, ...changed, selection: { ...seen.selection, platforms } },
        ifMatch,
      })
    }
    load={() => api.get("/api/v1/policies/{id}", { path: { id: policy.id } })}
    outdates={["policies"]}
  >
    {(draft, set) => <PolicyFields draft={draft} set={set} />}
  </EditDialog>
);

interface PolicyFieldsProps {
  readonly draft: Draft;
  readonly set: (change: Partial<Draft>) => void;
}

const PolicyFields = ({ draft, set }: PolicyFieldsProps) => (
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
