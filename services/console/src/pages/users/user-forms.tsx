import { api } from "../../api/client.ts";
import type { User } from "../../api/types.ts";
import type { Fields } from "../../editing/changed-meanwhile.tsx";
import { EditDialog } from "../../editing/edit-dialog.tsx";
import { stillThere } from "../../editing/revision.ts";
import { ChoiceField, TextLine } from "../../parts/fields.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { useRoleChoices } from "../../session/use-role-choices.ts";

type Draft = Pick<User, "name" | "role"> & { readonly password: string };

const FIELDS: Fields<Draft> = {
  name: { label: "Name" },
  role: { label: "Role" },
  password: { label: "New password" },
};

export const NewUser = () => (
  <FormDialog
    title="New user"
    submitText="Add"
    begin={{ email: "", name: "", password: "", role: "viewer" }}
    submit={(person) => api.post("/api/v1/users", { body: person })}
    outdates={["users"]}
  >
    {(person, set) => (
      <>
        <TextLine
          label="Email"
          type="email"
          value={person.email}
          onChange={(email) => set({ email })}
          isRequired
          autoFocus
        />
        <PersonFields draft={person} set={set} />
        <TextLine
          label="First password"
          type="password"
          autoComplete="new-password"
          value={person.password}
          onChange={(password) => set({ password })}
          help="At least 12 characters."
          isRequired
        />
      </>
    )}
  </FormDialog>
);

export const ChangeUser = ({ user }: { readonly user: User }) => (
  <EditDialog
    title={`Change ${user.email}`}
    opener="Change"
    submitText="Change"
    small
    thing={user}
    draftOf={({ name, role }): Draft => ({ name, role, password: "" })}
    fields={FIELDS}
    save={({ password, ...draft }, { id }, ifMatch) =>
      api.patch("/api/v1/users/{id}", {
        path: { id },
        body: { ...draft, ...(password !== "" && { password }) },
        ifMatch,
      })
    }
    load={async () => stillThere((await api.get("/api/v1/users")).users, ({ id }) => id === user.id)}
    outdates={["users"]}
  >
    {(draft, set) => (
      <>
        <PersonFields draft={draft} set={set} />
        <TextLine
          label="New password"
          type="password"
          autoComplete="new-password"
          value={draft.password}
          onChange={(password) => set({ password })}
          help="Empty keeps the one there is; a new one ends all sessions."
        />
      </>
    )}
  </EditDialog>
);

interface PersonFieldsProps {
  readonly draft: Pick<Draft, "name" | "role">;
  readonly set: (change: Partial<Pick<Draft, "name" | "role">>) => void;
}

const PersonFields = ({ draft, set }: PersonFieldsProps) => (
  <>
    <TextLine label="Name" value={draft.name} onChange={(name) => set({ name })} />
    <ChoiceField label="Role" value={draft.role} onChange={(role) => set({ role })} choices={useRoleChoices()} />
  </>
);
