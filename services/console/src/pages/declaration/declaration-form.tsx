import type { Schema } from "@muster/api-client/call";
import { api } from "../../api/client.ts";
import type { Fields } from "../../editing/changed-meanwhile.tsx";
import { EditDialog } from "../../editing/edit-dialog.tsx";
import { readJson, writeJson } from "../../editing/json-text.ts";
import { AppliesTo } from "../../parts/applies-to.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { ALL_DEVICES } from "../../parts/selection-fields.tsx";
import type { Declaration } from "./declaration.ts";
import { DeclarationFields, type Draft, KINDS } from "./declaration-fields.tsx";

const EXAMPLE = { type: "com.apple.configuration.passcode.settings", payload: { MinimumLength: 8 } };

const BLANK: Draft = {
  kind: KINDS[0][0],
  name: "",
  description: "",
  type: EXAMPLE.type,
  payload: writeJson(EXAMPLE.payload),
  version: "",
  deadline: "",
  items: "",
  enabled: true,
  referred: false,
  selection: ALL_DEVICES,
};

function draftOf({ softwareUpdate, statusItems, ...declaration }: Declaration): Draft {
  const { name, description, type, payload, enabled, selection } = declaration;
  return {
    kind: softwareUpdate !== undefined ? "update" : statusItems.length > 0 ? "status" : "payload",
    name,
    description,
    type,
    payload: writeJson(payload ?? {}),
    version: softwareUpdate?.targetOsVersion ?? "",
    deadline: softwareUpdate?.targetLocalDateTime.slice(0, 16) ?? "",
    items: statusItems.join("\n"),
    enabled,
    referred: selection === undefined,
    selection: selection ?? ALL_DEVICES,
  };
}

const FIELDS: Fields<Draft> = {
  kind: { label: "Kind" },
  name: { label: "Name" },
  description: { label: "What for" },
  type: { label: "Type" },
  payload: { label: "Payload (JSON)" },
  version: { label: "Version" },
  deadline: { label: "By when" },
  items: { label: "Status items" },
  enabled: { label: "In force" },
  referred: { label: "Only where another declaration refers to it" },
  selection: { label: "For", show: (selection) => <AppliesTo selection={selection} /> },
};

type Input = Schema<"policy.DeclarationInput">;

function whatOf({ kind, type, payload, version, deadline, items }: Draft, seen: Declaration | undefined): Input {
  if (kind === "update") {
    const targetLocalDateTime = `${deadline.slice(0, 16)}:00`;
    return { softwareUpdate: { ...seen?.softwareUpdate, targetOsVersion: version, targetLocalDateTime } };
  }
  if (kind === "status") return { statusItems: items.split(/\s+/).filter((item) => item !== "") };
  return { type, payload: readJson("The payload", payload) };
}

function inputOf(draft: Draft, seen?: Declaration): Input {
  const { name, description, enabled, referred, selection } = draft;
  return {
    name,
    description,
    enabled,
    identifier: seen?.identifier ?? "",
    contentType: seen?.contentType ?? "",
    userChannel: seen?.userChannel ?? false,
    predicate: seen?.predicate ?? "",
    ...(!referred && { selection }),
    ...whatOf(draft, seen),
  };
}

export const NewDeclaration = () => (
  <FormDialog
    title="New declaration"
    submitText="Create"
    begin={BLANK}
    submit={async (draft) => api.post("/api/v1/declarations", { body: inputOf(draft) })}
    outdates={["declarations"]}
    wide
  >
    {(draft, set) => <DeclarationFields isNew draft={draft} set={set} />}
  </FormDialog>
);

export const EditDeclaration = ({ declaration }: { readonly declaration: Declaration }) => (
  <EditDialog
    title="Edit"
    submitText="Save"
    thing={declaration}
    draftOf={draftOf}
    fields={FIELDS}
    save={(draft, seen, ifMatch) =>
      api.put("/api/v1/declarations/{id}", { path: { id: seen.id }, body: inputOf(draft, seen), ifMatch })
    }
    load={() => api.get("/api/v1/declarations/{id}", { path: { id: declaration.id } })}
    outdates={["declarations"]}
  >
    {(draft, set) => <DeclarationFields draft={draft} set={set} />}
  </EditDialog>
);
