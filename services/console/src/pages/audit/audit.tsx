import type { AuditRecord } from "../../api/access.ts";
import { get } from "../../api/client.ts";
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
import { useFilters } from "../../parts/use-filters.ts";
import { useSettled } from "../../parts/use-settled.ts";
import { count, enumWord, eventName } from "../../words/names.ts";

interface AuditPage {
  readonly records: readonly AuditRecord[];
  readonly nextPageToken: string;
}

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

interface Verified {
  readonly first: number;
  readonly last: number;
  readonly done: boolean;
  readonly fault?: { readonly number: number; readonly detail: string };
}

const told = ({ first, last, fault }: Verified): string =>
  fault === undefined
    ? `Records ${count(first)} to ${count(last)} are whole and in order.`
    : `Record ${count(fault.number)} does not hold: ${fault.detail}`;

/** Who did what, in records that nobody can change unseen: each holds the hash of the one before. */
export function Audit() {
  const [{ actor = "", outcome = "" }, setFilters] = useFilters();
  const settled = useSettled(actor);
  return (
    <Page
      title="Audit"
      about="Who did what, in a chain of records: a change to one of them breaks all that follow."
      actions={
        <ActButton act={() => get<Verified>("audit/verification")} outdates={[]} done={told}>
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
          onChange={(value) => setFilters({ outcome: value })}
          choices={[
            ["", "Every outcome"],
            ["AUDIT_OUTCOME_SUCCEEDED", "Succeeded"],
            ["AUDIT_OUTCOME_REFUSED", "Refused"],
            ["AUDIT_OUTCOME_FAILED", "Failed"],
          ]}
        />
      </div>
      <PagedList<AuditPage, AuditRecord>
        label="Audit records"
        path="audit/records"
        query={{ actor: settled, outcome }}
        rows={({ records }) => records}
        columns={COLUMNS}
        keyOf={({ number }) => String(number)}
        empty={<Empty title="No record like this">Records are sealed a moment after what they tell of.</Empty>}
      />
    </Page>
  );
}
