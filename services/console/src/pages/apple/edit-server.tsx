import { api } from "../../api/client.ts";
import { useApi } from "../../api/use-api.ts";
import type { Fields } from "../../editing/changed-meanwhile.tsx";
import { EditDialog } from "../../editing/edit-dialog.tsx";
import { ChoiceField, TextLine } from "../../parts/fields.tsx";
import { type AutomatedServer, DEVICES, SERVERS } from "./automated.ts";
import { RuleFields, ruleText } from "./rule-fields.tsx";

type Draft = Pick<AutomatedServer, "name" | "rules" | "defaultProfileId">;

/** What a server is called, and which of its devices get which profile. */
export function EditServer({ server }: { readonly server: AutomatedServer }) {
  const { data } = useApi("/api/v1/automated-enrollment-profiles");
  const choices = [["", "None"], ...(data?.profiles ?? []).map(({ id, name }) => [id, name] as const)] as const;
  const nameOf = (chosen: string) => choices.find(([id]) => id === chosen)?.[1] ?? "a profile";
  const fields: Fields<Draft> = {
    name: { label: "Name" },
    rules: { label: "Rules", show: (rules) => rules.map((rule) => ruleText(rule, nameOf(rule.profileId))).join("\n") },
    defaultProfileId: { label: "Devices that no rule fits get", show: nameOf },
  };
  return (
    <EditDialog
      title={`Edit ${server.name}`}
      opener="Edit"
      submitText="Save"
      thing={server}
      draftOf={({ name, rules, defaultProfileId }): Draft => ({ name, rules, defaultProfileId })}
      fields={fields}
      save={(draft, { id }, ifMatch) =>
        api.put("/api/v1/automated-enrollment-servers/{id}", { path: { id }, body: draft, ifMatch })
      }
      load={() => api.get("/api/v1/automated-enrollment-servers/{id}", { path: { id: server.id } })}
      outdates={[SERVERS, DEVICES]}
    >
      {({ name, rules, defaultProfileId }, set) => (
        <>
          <TextLine label="Name" value={name} onChange={(text) => set({ name: text })} isRequired autoFocus />
          <RuleFields rules={rules} onChange={(changed) => set({ rules: changed })} profiles={choices} />
          <ChoiceField
            label="Devices that no rule fits get"
            value={defaultProfileId}
            onChange={(chosen) => set({ defaultProfileId: chosen })}
            choices={choices}
          />
        </>
      )}
    </EditDialog>
  );
}
