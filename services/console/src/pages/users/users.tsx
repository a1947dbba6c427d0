import { useState } from "react";
import { api } from "../../api/client.ts";
import type { User } from "../../api/types.ts";
import { useApi } from "../../api/use-api.ts";
import { ActButton } from "../../parts/act-button.tsx";
import { Badge } from "../../parts/badge.tsx";
import { ConfirmButton } from "../../parts/confirm-button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { ChoiceField, TextLine } from "../../parts/fields.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { List } from "../../parts/list.tsx";
import { Page } from "../../parts/page.tsx";
import type { Column } from "../../parts/table.tsx";
import { Ago } from "../../parts/time.tsx";
import { useMay } from "../../session/session.tsx";
import { useRoleChoices } from "../../session/use-role-choices.ts";

const COLUMNS: readonly Column<User>[] = [
  {
    title: "Person",
    cell: ({ name, email, disabled, providerId, deprovisioned, secondFactor }) => (
      <>
        <strong>{name || email}</strong> {providerId !== "" && <Badge>by provider</Badge>}{" "}
        {secondFactor && <Badge>second factor</Badge>} {disabled && <Badge tone="warn">disabled</Badge>}{" "}
        {deprovisioned && <Badge tone="warn">shut out there</Badge>}
      </>
    ),
  },
  { title: "Email", width: "30%", minor: true, cell: ({ email }) => <span className="soft">{email}</span> },
  { title: "Role", width: "110px", cell: ({ role }) => <Badge>{role}</Badge> },
  { title: "Signed in", width: "110px", minor: true, cell: ({ lastSignInAt }) => <Ago time={lastSignInAt} /> },
];

const disableOf = ({ id, email, disabled }: User) => (
  <ActButton
    small
    act={() => api.patch("/api/v1/users/{id}", { path: { id }, body: { disabled: !disabled } })}
    outdates={["users"]}
    done={() => (disabled ? `${email} may sign in again.` : `${email} is signed out and may not sign in.`)}
  >
    {disabled ? "Enable" : "Disable"}
  </ActButton>
);

const deleteOf = ({ id, email }: User) => (
  <ConfirmButton
    small
    verb="Delete"
    name={email}
    consequence="All sessions and API tokens of theirs end at once. What the person did stays in the audit trail."
    act={() => api.delete("/api/v1/users/{id}", { path: { id } })}
    outdates={["users"]}
  />
);

/** Who may sign in, and as what. */
export function Users() {
  const users = useApi("/api/v1/users");
  const may = useMay("user.write");
  const columns = may
    ? [
        ...COLUMNS,
        { title: "Sign-in", width: "100px", minor: true, cell: disableOf },
        { title: "Delete", width: "100px", cell: deleteOf },
      ]
    : COLUMNS;
  return (
    <Page title="Users" about="Who may sign in, and as what." actions={may && <NewUser />}>
      <List
        label="Users"
        of={users}
        rows={(answer) => answer.users}
        columns={columns}
        keyOf={({ id }) => id}
        empty={<Empty title="Nobody yet" />}
      />
    </Page>
  );
}

function NewUser() {
  const [person, setPerson] = useState({ email: "", name: "", password: "", role: "viewer" });
  const set = (change: Partial<typeof person>) => setPerson({ ...person, ...change });
  return (
    <FormDialog
      title="New user"
      submitText="Add"
      submit={() => api.post("/api/v1/users", { body: person })}
      outdates={["users"]}
    >
      <TextLine
        label="Email"
        type="email"
        value={person.email}
        onChange={(email) => set({ email })}
        isRequired
        autoFocus
      />
      <TextLine label="Name" value={person.name} onChange={(name) => set({ name })} />
      <ChoiceField label="Role" value={person.role} onChange={(role) => set({ role })} choices={useRoleChoices()} />
      <TextLine
        label="First password"
        type="password"
        autoComplete="new-password"
        value={person.password}
        onChange={(password) => set({ password })}
        help="At least 12 characters."
        isRequired
      />
    </FormDialog>
  );
}
