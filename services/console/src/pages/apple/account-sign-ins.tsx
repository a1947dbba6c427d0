import { api } from "../../api/client.ts";
import { useApi } from "../../api/use-api.ts";
import { tagOf } from "../../editing/revision.ts";
import { ConfirmButton } from "../../parts/confirm-button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { List } from "../../parts/list.tsx";
import type { Column } from "../../parts/table.tsx";
import { useMay } from "../../session/session.tsx";
import { type AccountSignIn, EditAccountSignIn, NewAccountSignIn } from "./account-sign-in-forms.tsx";

const devicesOf = ({ allowsPersonal, allowsCorporate }: AccountSignIn): string =>
  [allowsPersonal && "people’s own", allowsCorporate && "the organisation’s"].filter(Boolean).join(" and ");

const COLUMNS: readonly Column<AccountSignIn>[] = [
  { title: "Sign-in", cell: ({ name }) => <strong>{name}</strong> },
  {
    title: "Domains",
    width: "24%",
    cell: ({ domains }) => (
      <span className="soft" title={domains.join(", ")}>
        {domains.join(", ")}
      </span>
    ),
  },
  { title: "Issuer", width: "22%", minor: true, cell: ({ issuer }) => <span className="soft">{issuer}</span> },
  { title: "Devices", width: "16%", minor: true, cell: (each) => <span className="soft">{devicesOf(each)}</span> },
];

const editOf = (signIn: AccountSignIn) => <EditAccountSignIn signIn={signIn} />;

const deleteOf = (signIn: AccountSignIn) => (
  <ConfirmButton
    small
    verb="Delete"
    name={signIn.name}
    consequence="Devices that came by it stay enrolled, but nobody can sign in on them anew."
    act={() => api.delete("/api/v1/account-sign-ins/{id}", { path: { id: signIn.id }, ifMatch: tagOf(signIn) })}
    outdates={["account-sign-ins"]}
  />
);

/** How people sign in who enroll a device with a managed account of the organisation. */
export function AccountSignIns() {
  const signIns = useApi("/api/v1/account-sign-ins");
  const may = useMay("account_sign_in.write");
  const columns = may
    ? [
        ...COLUMNS,
        { title: "Edit", width: "76px", cell: editOf },
        { title: "Delete", width: "100px", minor: true, cell: deleteOf },
      ]
    : COLUMNS;
  return (
    <div className="stack">
      {may && (
        <div>
          <NewAccountSignIn />
        </div>
      )}
      <List
        label="Account sign-ins"
        of={signIns}
        rows={(answer) => answer.accountSignIns}
        columns={columns}
        keyOf={({ id }) => id}
        empty={
          <Empty title="No account sign-in yet">
            With one, people enroll a device by signing in with their managed account in its settings: name the mail
            domains of the accounts, and the provider that knows them.
          </Empty>
        }
      />
    </div>
  );
}
