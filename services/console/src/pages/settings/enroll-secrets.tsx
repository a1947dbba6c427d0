import type { Schema } from "@muster/api-client/call";
import { api } from "../../api/client.ts";
import { useApi } from "../../api/use-api.ts";
import { Empty } from "../../parts/empty.tsx";
import { TextLine } from "../../parts/fields.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { List } from "../../parts/list.tsx";
import type { Column } from "../../parts/table.tsx";
import { Ago } from "../../parts/time.tsx";
import { count } from "../../words/names.ts";
import { LiveBadge, NEW_KEY, Owner, OwnershipField, revokeOf } from "./enrollment-key.tsx";

type EnrollSecret = Schema<"enrollment.EnrollSecret">;

const COLUMNS: readonly Column<EnrollSecret>[] = [
  {
    title: "Secret",
    cell: (secret) => (
      <>
        <strong>{secret.name}</strong> <LiveBadge of={secret} />
      </>
    ),
  },
  { title: "Ends with", width: "100px", minor: true, cell: ({ hint }) => <code className="soft">…{hint}</code> },
  { title: "Devices are", width: "120px", minor: true, cell: ({ ownership }) => <Owner ownership={ownership} /> },
  { title: "Uses", width: "72px", numeric: true, cell: ({ uses }) => count(uses) },
  { title: "Made", width: "96px", minor: true, cell: ({ createdAt }) => <Ago time={createdAt} /> },
  { title: "Expires", width: "96px", minor: true, cell: ({ expiresAt }) => <Ago time={expiresAt} /> },
  { title: "Revoke", width: "106px", cell: revokeOf("enroll-secrets") },
];

/** What many osquery hosts enroll with, in turn: two live at once, so that none is locked out. */
export function EnrollSecrets() {
  const secrets = useApi("/api/v1/enroll-secrets");
  return (
    <section className="stack" aria-labelledby="enroll-secrets">
      <header className="row between">
        <div>
          <h2 id="enroll-secrets">Enroll secrets</h2>
          <p className="soft">
            Shared by osquery hosts. To change one, make a new one, roll it out, and revoke the old once its uses stand
            still.
          </p>
        </div>
        <NewSecret />
      </header>
      <List
        label="Enroll secrets"
        of={secrets}
        rows={(answer) => answer.enrollSecrets}
        columns={COLUMNS}
        keyOf={({ id }) => id}
        empty={
          <Empty title="No secret yet">osquery hosts enroll with one; the page Enroll shows the whole command.</Empty>
        }
      />
    </section>
  );
}

const NewSecret = () => (
  <FormDialog
    title="New secret"
    submitText="Create"
    begin={NEW_KEY}
    submit={(body) => api.post("/api/v1/enroll-secrets", { body })}
    outdates={["enroll-secrets"]}
    once={({ secret }) => secret}
  >
    {({ name, ownership }, set) => (
      <>
        <TextLine label="Name" value={name} onChange={(text) => set({ name: text })} isRequired autoFocus />
        <OwnershipField value={ownership} onChange={(chosen) => set({ ownership: chosen })} />
      </>
    )}
  </FormDialog>
);
