import { api } from "../../api/client.ts";
import type { Fields } from "../../editing/changed-meanwhile.tsx";
import { EditDialog } from "../../editing/edit-dialog.tsx";
import { SwitchLine } from "../../parts/choices.tsx";
import { TextLine } from "../../parts/fields.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { type AutomatedProfile, PROFILES } from "./automated.ts";

type Draft = Pick<AutomatedProfile, "name" | "department" | "mandatory" | "removable" | "awaitConfiguration"> & {
  /** Panes as they are written: with spaces or commas between. */
  readonly skipped: string;
};

const BLANK: Draft = {
  name: "",
  department: "",
  skipped: "",
  mandatory: true,
  removable: false,
  awaitConfiguration: true,
};

const FIELDS: Fields<Draft> = {
  name: { label: "Name" },
  department: { label: "Department" },
  skipped: { label: "Panes to leave out" },
  mandatory: { label: "Enrollment cannot be skipped" },
  removable: { label: "Management can be removed by its user" },
  awaitConfiguration: { label: "Waits until it is configured" },
};

const draftOf = (profile: AutomatedProfile): Draft => {
  const { name, department, mandatory, removable, awaitConfiguration, skipSetupItems } = profile;
  return { name, department, mandatory, removable, awaitConfiguration, skipped: skipSetupItems.join(", ") };
};

const inputOf = ({ skipped, ...draft }: Draft) => ({
  ...draft,
  skipSetupItems: skipped.split(/[\s,]+/).filter((item) => item !== ""),
});

export function NewProfile() {
  return (
    <FormDialog
      title="New setup profile"
      submitText="Create"
      begin={BLANK}
      submit={(draft) =>
        api.post("/api/v1/automated-enrollment-profiles", { body: { supervised: true, ...inputOf(draft) } })
      }
      outdates={[PROFILES]}
      primary={false}
    >
      {(draft, set) => <ProfileFields draft={draft} set={set} />}
    </FormDialog>
  );
}

/** What the form does not show stays as it is. */
export const EditProfile = ({ profile }: { readonly profile: AutomatedProfile }) => (
  <EditDialog
    title={`Edit ${profile.name}`}
    opener="Edit"
    submitText="Save"
    small
    thing={profile}
    draftOf={draftOf}
    fields={FIELDS}
    save={(draft, seen, ifMatch) =>
      api.put("/api/v1/automated-enrollment-profiles/{id}", {
        path: { id: seen.id },
        body: { ...seen, ...inputOf(draft) },
        ifMatch,
      })
    }
    load={() => api.get("/api/v1/automated-enrollment-profiles/{id}", { path: { id: profile.id } })}
    outdates={[PROFILES]}
  >
    {(draft, set) => <ProfileFields draft={draft} set={set} />}
  </EditDialog>
);

interface ProfileFieldsProps {
  readonly draft: Draft;
  readonly set: (change: Partial<Draft>) => void;
}

const ProfileFields = ({ draft, set }: ProfileFieldsProps) => (
  <>
    <TextLine label="Name" value={draft.name} onChange={(name) => set({ name })} isRequired autoFocus />
    <TextLine
      label="Department, shown to whoever sets it up"
      value={draft.department}
      onChange={(department) => set({ department })}
    />
    <TextLine
      label="Panes to leave out"
      value={draft.skipped}
      onChange={(skipped) => set({ skipped })}
      help="Such as Siri, Privacy, Payment."
    />
    <SwitchLine
      text="Enrollment cannot be skipped"
      value={draft.mandatory}
      onChange={(mandatory) => set({ mandatory })}
    />
    <SwitchLine
      text="Management can be removed by its user"
      value={draft.removable}
      onChange={(removable) => set({ removable })}
    />
    <SwitchLine
      text="Waits until it is configured"
      value={draft.awaitConfiguration}
      onChange={(awaitConfiguration) => set({ awaitConfiguration })}
    />
  </>
);
