import { api } from "../../api/client.ts";
import type { Webhook } from "../../api/types.ts";
import type { Fields } from "../../editing/changed-meanwhile.tsx";
import { EditDialog } from "../../editing/edit-dialog.tsx";
import { TextLine } from "../../parts/fields.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";

interface Draft {
  readonly name: string;
  readonly url: string;
  /** As they are written: with spaces between. */
  readonly types: string;
}

const BLANK: Draft = { name: "", url: "https://", types: "" };

const FIELDS: Fields<Draft> = {
  name: { label: "Name" },
  url: { label: "Address" },
  types: { label: "Event types", show: (types) => types || "every event" },
};

const inputOf = ({ name, url, types }: Draft) => ({
  name,
  url,
  eventTypes: types.split(/[\s,]+/).filter((type) => type !== ""),
});

export function NewWebhook() {
  return (
    <FormDialog
      title="New webhook"
      submitText="Create"
      begin={BLANK}
      submit={(draft) => api.post("/api/v1/webhooks", { body: { ...inputOf(draft), enabled: true } })}
      outdates={["webhooks"]}
      once={({ secret }) => secret}
    >
      {(draft, set) => <WebhookFields draft={draft} set={set} />}
    </FormDialog>
  );
}

export const EditWebhook = ({ webhook }: { readonly webhook: Webhook }) => (
  <EditDialog
    title="Edit"
    submitText="Save"
    thing={webhook}
    draftOf={({ name, url, eventTypes }): Draft => ({ name, url, types: eventTypes.join(" ") })}
    fields={FIELDS}
    save={(draft, { id, labelIds, enabled }, ifMatch) =>
      api.put("/api/v1/webhooks/{id}", { path: { id }, body: { ...inputOf(draft), labelIds, enabled }, ifMatch })
    }
    load={() => api.get("/api/v1/webhooks/{id}", { path: { id: webhook.id } })}
    outdates={["webhooks"]}
  >
    {(draft, set) => <WebhookFields draft={draft} set={set} />}
  </EditDialog>
);

interface WebhookFieldsProps {
  readonly draft: Draft;
  readonly set: (change: Partial<Draft>) => void;
}

const WebhookFields = ({ draft, set }: WebhookFieldsProps) => (
  <>
    <TextLine label="Name" value={draft.name} onChange={(name) => set({ name })} isRequired autoFocus />
    <TextLine label="Address" type="url" value={draft.url} onChange={(url) => set({ url })} isRequired />
    <TextLine
      label="Event types"
      value={draft.types}
      onChange={(types) => set({ types })}
      help="Such as muster.policy.v1.ComplianceChanged; a trailing * stands for any rest, nothing for all."
    />
  </>
);
