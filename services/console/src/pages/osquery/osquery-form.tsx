import type { Schema } from "@muster/api-client/call";
import { api } from "../../api/client.ts";
import type { Fields } from "../../editing/changed-meanwhile.tsx";
import { EditDialog } from "../../editing/edit-dialog.tsx";
import { readJson, writeJson } from "../../editing/json-text.ts";
import { TextLine } from "../../parts/fields.tsx";

type OsqueryConfig = Schema<"inventory.OsqueryConfig">;

/** Each part as osquery's configuration file writes it. */
interface Draft {
  readonly schedule: string;
  readonly packs: string;
  readonly options: string;
  readonly decorators: string;
}

const FIELDS: Fields<Draft> = {
  schedule: { label: "Schedule" },
  packs: { label: "Packs" },
  options: { label: "Options" },
  decorators: { label: "Decorators" },
};

const HELP: Readonly<Record<keyof Draft, string>> = {
  schedule: 'By name, such as { "users": { "query": "SELECT * FROM users", "interval": 3600 } }.',
  packs: "By name, with their queries and, where wanted, their discovery.",
  options: "Such as distributed_interval; Muster’s own hold where nothing is said.",
  decorators: "load, always and interval: what is added to each line that hosts log.",
};

const PARTS = Object.keys(FIELDS) as (keyof Draft)[];

const draftOf = ({ schedule = {}, packs = {}, options = {}, decorators = {} }: OsqueryConfig): Draft => ({
  schedule: writeJson(schedule),
  packs: writeJson(packs),
  options: writeJson(options),
  decorators: writeJson(decorators),
});

const inputOf = (draft: Draft): Schema<"inventory.OsqueryConfigInput"> =>
  Object.fromEntries(PARTS.map((part) => [part, readJson(FIELDS[part].label, draft[part])]));

export const EditOsquery = ({ config }: { readonly config: OsqueryConfig }) => (
  <EditDialog
    title="Edit"
    submitText="Save"
    thing={config}
    draftOf={draftOf}
    fields={FIELDS}
    save={(draft, _seen, ifMatch) => api.put("/api/v1/osquery-config", { body: inputOf(draft), ifMatch })}
    load={() => api.get("/api/v1/osquery-config")}
    outdates={["osquery-config"]}
  >
    {(draft, set) =>
      PARTS.map((part) => (
        <TextLine
          key={part}
          label={FIELDS[part].label}
          value={draft[part]}
          onChange={(text) => set({ [part]: text })}
          rows={part === "schedule" ? 10 : 4}
          code
          isRequired
          help={HELP[part]}
        />
      ))
    }
  </EditDialog>
);
