import { api } from "../../api/client.ts";
import type { ApiToken } from "../../api/types.ts";
import { useApi } from "../../api/use-api.ts";
import { Badge } from "../../parts/badge.tsx";
import { ConfirmButton } from "../../parts/confirm-button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { type Choice, ChoiceField, TextLine } from "../../parts/fields.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { List } from "../../parts/list.tsx";
import { Page } from "../../parts/page.tsx";
import type { Column } from "../../parts/table.tsx";
import { Ago } from "../../parts/time.tsx";
import { useMay } from "../../session/session.tsx";
import { useRoleChoices } from "../../session/use-role-choices.ts";
import { inDays } from "../../words/time.ts";

const COLUMNS: readonly Column<ApiToken>[] = [
  {
    title: "Token",
    cell: ({ name, revokedAt }) => (
      <>
        <strong>{name}</strong> {revokedAt !== undefined && <Badge>revoked</Badge>}
      </>
    ),
  },
  { title: "Ends with", width: "110px", minor: true, cell: ({ hint }) => <code className="soft">…{hint}</code> },
  { title: "Role", width: "110px", cell: ({ role }) => <Badge>{role}</Badge> },
  { title: "Made by", width: "20%", minor: true, cell: ({ createdBy }) => <span className="soft">{createdBy}</span> },
  { title: "Used", width: "100px", minor: true, cell: ({ lastUsedAt }) => <Ago time={lastUsedAt} /> },
  { title: "Expires", width: "100px", minor: true, cell: ({ expiresAt }) => <Ago time={expiresAt} /> },
];

const revokeOf = ({ id, name, revokedAt }: ApiToken) =>
  revokedAt === undefined && (
    <ConfirmButton
      small
      verb="Revoke"
      name={name}
      consequence="Programs that use it are refused from now on."
      act={() => api.delete("/api/v1/api-tokens/{id}", { path: { id } })}
      outdates={["api-tokens"]}
    />
  );

/** What programs show instead of signing in. */
export function Tokens() {
  const tokens = useApi("/api/v1/api-tokens");
  const may = useMay("token.write");
  const columns = may ? [...COLUMNS, { title: "Revoke", width: "106px", cell: revokeOf }] : COLUMNS;
  return (
    <Page
      title="API tokens"
      about="What programs show instead of signing in: Authorization: Bearer muster_…"
      actions={may && <NewToken />}
    >
      <List
        label="API tokens"
        of={tokens}
        rows={(answer) => answer.apiTokens}
        columns={columns}
        keyOf={({ id }) => id}
        empty={<Empty title="No token yet">Make one for each program, with no more rights than it needs.</Empty>}
      />
    </Page>
  );
}

const LIVES: readonly Choice[] = [
  ["30", "In 30 days"],
  ["90", "In 90 days"],
  ["365", "In a year"],
  ["never", "Never"],
];

function NewToken() {
  const roles = useRoleChoices();
  return (
    <FormDialog
      title="New token"
      submitText="Create"
      begin={{ name: "", role: "viewer", days: "90" }}
      submit={({ name, role, days }) =>
        api.post("/api/v1/api-tokens", {
          body: {
            name,
            role,
            ...(days !== "never" && { expiresAt: inDays(Number(days)) }),
          },
        })
      }
      outdates={["api-tokens"]}
      once={({ token }) => token}
    >
      {({ name, role, days }, set) => (
        <>
          <TextLine
            label="Name of the program"
            value={name}
            onChange={(text) => set({ name: text })}
            isRequired
            autoFocus
          />
          <ChoiceField label="Role" value={role} onChange={(chosen) => set({ role: chosen })} choices={roles} />
          <ChoiceField label="Expires" value={days} onChange={(chosen) => set({ days: chosen })} choices={LIVES} />
        </>
      )}
    </FormDialog>
  );
}
