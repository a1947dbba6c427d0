import { api } from "../../api/client.ts";
import type { SignInProvider } from "../../api/types.ts";
import { useApi } from "../../api/use-api.ts";
import { tagOf } from "../../editing/revision.ts";
import { Badge } from "../../parts/badge.tsx";
import { ConfirmButton } from "../../parts/confirm-button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { List } from "../../parts/list.tsx";
import { Page } from "../../parts/page.tsx";
import type { Column } from "../../parts/table.tsx";
import { useMay } from "../../session/session.tsx";
import { count } from "../../words/names.ts";
import { ChangeProvider, NewProvider } from "./provider-form.tsx";
import { ScimToken } from "./scim-token.tsx";

const COLUMNS: readonly Column<SignInProvider>[] = [
  {
    title: "Provider",
    cell: ({ name, scim }) => (
      <>
        <strong>{name}</strong> {scim && <Badge>SCIM</Badge>}
      </>
    ),
  },
  { title: "Issuer", width: "26%", minor: true, cell: ({ issuer }) => <span className="soft">{issuer}</span> },
  { title: "Groups", width: "80px", numeric: true, minor: true, cell: (each) => count(each.rolesOfGroups.length) },
];

const changeOf = (provider: SignInProvider) => <ChangeProvider provider={provider} />;

const scimOf = (provider: SignInProvider) => <ScimToken provider={provider} />;

const deleteOf = (provider: SignInProvider) => (
  <ConfirmButton
    small
    verb="Delete"
    name={provider.name}
    consequence="The people that came by it are removed with it, and their sessions end at once."
    act={() => api.delete("/api/v1/sign-in-providers/{id}", { path: { id: provider.id }, ifMatch: tagOf(provider) })}
    outdates={["sign-in-providers", "users"]}
  />
);

/** With which OpenID providers people sign in, and what their groups may do here. */
export function Providers() {
  const providers = useApi("/api/v1/sign-in-providers");
  const may = useMay("sign_in_provider.write");
  const columns = may
    ? [
        ...COLUMNS,
        { title: "Change", width: "100px", cell: changeOf },
        { title: "SCIM", width: "260px", minor: true, cell: scimOf },
        { title: "Delete", width: "100px", cell: deleteOf },
      ]
    : COLUMNS;
  return (
    <Page
      title="Sign-in providers"
      about="With which OpenID providers people sign in, and what their groups may do here."
      actions={may && <NewProvider />}
    >
      <List
        label="Sign-in providers"
        of={providers}
        rows={(answer) => answer.signInProviders}
        columns={columns}
        keyOf={({ id }) => id}
        empty={<Empty title="No provider yet">People sign in with a password until there is one.</Empty>}
      />
    </Page>
  );
}
