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
import { inDays } from "../../words/time.ts";
import { LiveBadge, NEW_KEY, Owner, OwnershipField, revokeOf } from "./enrollment-key.tsx";

type EnrollmentToken = Schema<"enrollment.EnrollmentToken">;

const COLUMNS: readonly Column<EnrollmentToken>[] = [
  {
    title: "Token",
    cell: (token) => (
      <>
        <strong>{token.name}</strong> <LiveBadge of={token} />
      </>
    ),
  },
  { title: "Devices are", width: "120px", minor: true, cell: ({ ownership }) => <Owner ownership={ownership} /> },
  { title: "Uses", width: "96px", numeric: true, cell: ({ uses, maxUses }) => `${count(uses)} of ${count(maxUses)}` },
  { title: "Made", width: "96px", minor: true, cell: ({ createdAt }) => <Ago time={createdAt} /> },
  { title: "Expires", width: "96px", minor: true, cell: ({ expiresAt }) => <Ago time={expiresAt} /> },
  { title: "Revoke", width: "106px", cell: revokeOf("enrollment-tokens") },
];

/** What a counted number of agents or Apple devices enroll with, for a time. */
export function EnrollmentTokens() {
  const tokens = useApi("/api/v1/enrollment-tokens");
  return (
    <section className="stack" aria-labelledby="enrollment-tokens">
      <header className="row between">
        <div>
          <h2 id="enrollment-tokens">Enrollment tokens</h2>
          <p className="soft">For agents and Apple’s devices: each is good for so many enrollments, and for a time.</p>
        </div>
        <NewToken />
      </header>
      <List
        label="Enrollment tokens"
        of={tokens}
        rows={(answer) => answer.enrollmentTokens}
        columns={COLUMNS}
        keyOf={({ id }) => id}
        empty={<Empty title="No token yet">Make one for the next machine, or for a whole room of them.</Empty>}
      />
    </section>
  );
}

const NewToken = () => (
  <FormDialog
    title="New enrollment token"
    submitText="Create"
    begin={{ ...NEW_KEY, uses: "1", days: "1" }}
    submit={({ uses, days, ...key }) =>
      api.post("/api/v1/enrollment-tokens", {
        body: { ...key, maxUses: Number(uses), expiresAt: inDays(Number(days)) },
      })
    }
    outdates={["enrollment-tokens"]}
    once={({ token }) => token}
  >
    {({ name, ownership, uses, days }, set) => (
      <>
        <TextLine label="Name" value={name} onChange={(text) => set({ name: text })} isRequired autoFocus />
        <TextLine
          label="How many enrollments"
          type="number"
          value={uses}
          onChange={(text) => set({ uses: text })}
          isRequired
        />
        <TextLine
          label="For how many days"
          type="number"
          value={days}
          onChange={(text) => set({ days: text })}
          isRequired
        />
        <OwnershipField value={ownership} onChange={(chosen) => set({ ownership: chosen })} />
      </>
    )}
  </FormDialog>
);
