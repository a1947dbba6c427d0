import type { Item } from "@muster/api-client/call";
import { api } from "../../api/client.ts";
import type { AuditRecord } from "../../api/types.ts";
import { usePages } from "../../api/use-api.ts";
import { ActButton } from "../../parts/act-button.tsx";
import { Badge } from "../../parts/badge.tsx";
import { DeviceLink } from "../../parts/device-link.tsx";
import { Empty } from "../../parts/empty.tsx";
import { ChoiceField, SearchField } from "../../parts/fields.tsx";
import { Page } from "../../parts/page.tsx";
import { PagedList } from "../../parts/paged-list.tsx";
import { toneOf } from "../../parts/states.ts";
import type { Column } from "../../parts/table.tsx";
import { Ago } from "../../parts/time.tsx";
import { useChoice, useFilters } from "../../parts/use-filters.ts";
import { useSettled } from "../../parts/use-settled.ts";
import { count, enumWord, eventName } from "../../words/names.ts";

const OUTCOMES = [
  ["AUDIT_OUTCOME_SUCCEEDED", "Succeeded"],
  ["AUDIT_OUTCOME_REFUSED", "Refused"],
  ["AUDIT_OUTCOME_FAILED", "Failed"],
] as const;

const COLUMNS: readonly Column<AuditRecord>[] = [
  { title: "Number", width: "88px", numeric: true, minor: true, cell: ({ number }) => count(number) },
  { title: "What", cell: ({ action, type }) => <strong title={type}>{action || eventName(type)}</strong> },
  { title: "Who", width: "24%", cell: ({ actor }) => <span className="soft">{actor}</span> },
  {
    title: "Device",
    width: "20%",
    minor: true,
    cell: ({ deviceId }) => deviceId !== "" && <DeviceLink id={deviceId} />,
  },
  {
    title: "Outcome",
    width: "112px",
    cell: ({ outcome }) =>
      !outcome.endsWith("UNSPECIFIED") && <Badge tone={toneOf(outcome)}>{enumWord(outcome, "AUDIT_OUTCOME_")}</Badge>,
  },
  { title: "When", width: "96px", minor: true, cell: ({ time }) => <Ago time={time} /> },
];

type Verified = Item<"/api/v1/audit/verification">;

/** How the chain stands, once it was read to its end. */
async function verify(): Promise<Verified> {
  let verified: Verified | undefined;
  for await (const reached of api.items("/api/v1/audit/verification")) verified = reached;
  if (verified?.done !== true) throw new Error("The chain was not read to its end. Try again.");
  return verified;
}

const told = ({ first, last, fault }: Verified): string =>
  fault === undefined
    ? `Records ${count(first)} to ${count(last)} are whole and in order.`
    : `Record ${count(fault.number)} does not hold: ${fault.detail}`;

/** Who did what, in records that nobody can change unseen: each holds the hash of the one before. */
export function Audit() {
  const [{ actor = "" }, setFilters] = useFilters();
  const [outcome, setOutcome] = useChoice(
    "outcome",
    OUTCOMES.map(([value]) => value),
  );
  const settled = useSettled(actor);
  const records = usePages("/api/v1/audit/records", { query: { actor: settled, outcome } });
  return (
    <Page
      title="Audit"
      about="Who did what, in a chain of records: a change to one of them breaks all that follow."
      actions={
        <ActButton act={verify} outdates={[]} done={told}>
          Verify the chain
        </ActButton>
      }
    >
      <div className="filters">
        <SearchField label="By whom, exactly" value={actor} onChange={(value) => setFilters({ actor: value })} />
        <ChoiceField
          compact
          label="Outcome"
          value={outcome}
          onChange={setOutcome}
          choices={[["", "Every outcome"], ...OUTCOMES]}
        />
      </div>
      <PagedList
        label="Audit records"
        of={records}
        rows={(answer) => answer.records}
        columns={COLUMNS}
        keyOf={({ number }) => number}
        empty={<Empty title="No record like this">Records are sealed a moment after what they tell of.</Empty>}
      />
    </Page>
  );
}
