import { useState } from "react";
import { send } from "../../api/client.ts";
import { useApi } from "../../api/use-api.ts";
import { Empty } from "../../parts/empty.tsx";
import { ChoiceField, TextLine } from "../../parts/fields.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { List } from "../../parts/list.tsx";
import type { Column } from "../../parts/table.tsx";
import { Ago } from "../../parts/time.tsx";
import { count } from "../../words/names.ts";
import { LiveBadge, OWNERSHIPS, Owner, revokeOf } from "./enrollment-key.tsx";

interface EnrollSecret {
  readonly id: string;
  readonly name: string;
  readonly secret: string;
  readonly hint: string;
  readonly ownership: string;
  readonly createdAt?: string;
  readonly expiresAt?: string;
  readonly revokedAt?: string;
  readonly uses: number;
}

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
  const secrets = useApi<{ enrollSecrets: readonly EnrollSecret[] }>("enroll-secrets");
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

function NewSecret() {
  const [name, setName] = useState("");
  const [ownership, setOwnership] = useState<string>(OWNERSHIPS[0][0]);
  return (
    <FormDialog
      title="New secret"
      submitText="Create"
      submit={() => send<EnrollSecret>("POST", "enroll-secrets", { name, ownership })}
      outdates={["enroll-secrets"]}
      once={({ secret }) => secret}
    >
      <TextLine label="Name" value={name} onChange={setName} isRequired autoFocus />
      <ChoiceField label="Devices that enroll with it" value={ownership} onChange={setOwnership} choices={OWNERSHIPS} />
    </FormDialog>
  );
}
