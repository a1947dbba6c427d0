import { api } from "../../api/client.ts";
import type { User } from "../../api/types.ts";
import { useApi } from "../../api/use-api.ts";
import { tagOf } from "../../editing/revision.ts";
import { ActButton } from "../../parts/act-button.tsx";
import { Badge } from "../../parts/badge.tsx";
import { ConfirmButton } from "../../parts/confirm-button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { List } from "../../parts/list.tsx";
import { Page } from "../../parts/page.tsx";
import type { Column } from "../../parts/table.tsx";
import { Ago } from "../../parts/time.tsx";
import { useMay } from "../../session/session.tsx";
import { ChangeUser, NewUser } from "./user-forms.tsx";

const COLUMNS: readonly Column<User>[] = [
  {
    title: "Person",
    cell: ({ name, email, disabled, providerId, deprovisioned, secondFactor }) => (
      <>
        <strong>{name || email}</strong> {providerId !== "" && <Badge>by provider</Badge>}{" "}
        {secondFactor && <Badge>second factor</Badge>} {disabled && <Badge tone="warn">disabled</Badge>}{" "}
        {deprovisioned && <Badge tone="warn">shut out there</Badge>}
        {name !== "" && <span className="under soft small">{email}</span>}
      </>
    ),
  },
  { title: "Role", width: "96px", cell: ({ role }) => <Badge>{role}</Badge> },
  { title: "Signed in", width: "96px", minor: true, cell: ({ lastSignInAt }) => <Ago time={lastSignInAt} /> },
];

// Of somebody who came by a provider, that provider says name and role.
const changeOf = (user: User) => user.providerId === "" && <ChangeUser user={user} />;

const disableOf = (user: User) => (
  <ActButton
    small
    act={() =>
      api.patch("/api/v1/users/{id}", {
        path: { id: user.id },
        body: { disabled: !user.disabled },
        ifMatch: tagOf(user),
      })
    }
    outdates={["users"]}
    done={() =>
      user.disabled ? `${user.email} may sign in again.` : `${user.email} is signed out and may not sign in.`
    }
  >
    {user.disabled ? "Enable" : "Disable"}
  </ActButton>
);

const resetOf = (user: User) =>
  user.secondFactor && (
    <ConfirmButton
      small
      verb="Reset"
      name={`the second factor of ${user.email}`}
      consequence="For somebody who has lost it. Signing in asks for the password alone, and all sessions of theirs end."
      act={() => api.delete("/api/v1/users/{id}/second-factor", { path: { id: user.id } })}
      outdates={["users"]}
    />
  );

const deleteOf = (user: User) => (
  <ConfirmButton
    small
    verb="Delete"
    name={user.email}
    consequence="All sessions and API tokens of theirs end at once. What the person did stays in the audit trail."
    act={() => api.delete("/api/v1/users/{id}", { path: { id: user.id }, ifMatch: tagOf(user) })}
    outdates={["users"]}
  />
);

/** Who may sign in, and as what. */
export function Users() {
  const users = useApi("/api/v1/users");
  const may = useMay("user.write");
  const hasFactors = users.data?.users.some(({ secondFactor }) => secondFactor) === true;
  const columns = may
    ? [
        ...COLUMNS,
        { title: "Change", width: "94px", cell: changeOf },
        { title: "Sign-in", width: "94px", minor: true, cell: disableOf },
        ...(hasFactors ? [{ title: "Second factor", width: "116px", minor: true, cell: resetOf }] : []),
        { title: "Delete", width: "100px", minor: true, cell: deleteOf },
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
