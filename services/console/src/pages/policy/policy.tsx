import { Link, useParams } from "@tanstack/react-router";
import type { DeviceVerdict, Policy } from "../../api/types.ts";
import { useApi, usePages } from "../../api/use-api.ts";
import { Answered } from "../../parts/answered.tsx";
import { Badge } from "../../parts/badge.tsx";
import { DeleteButton } from "../../parts/delete-button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { ChoiceField } from "../../parts/fields.tsx";
import { Page, Panel } from "../../parts/page.tsx";
import { PagedList } from "../../parts/paged-list.tsx";
import { Share } from "../../parts/share.tsx";
import { toneOf } from "../../parts/states.ts";
import type { Column } from "../../parts/table.tsx";
import { Ago } from "../../parts/time.tsx";
import { useChoice } from "../../parts/use-filters.ts";
import { useMay } from "../../session/session.tsx";
import { count, enumWord } from "../../words/names.ts";
import { EditPolicy } from "./policy-form.tsx";

const VERDICTS = [
  ["VERDICT_FAIL", "Failing"],
  ["VERDICT_PASS", "Passing"],
  ["VERDICT_STALE", "Stale"],
  ["VERDICT_UNKNOWN", "Not answered"],
] as const;

const COLUMNS: readonly Column<DeviceVerdict>[] = [
  {
    title: "Device",
    cell: ({ deviceId, displayName }) => (
      <Link to="/devices/$deviceId" params={{ deviceId }} search={{ tab: "policies" }}>
        {displayName}
      </Link>
    ),
  },
  {
    title: "Verdict",
    width: "100px",
    cell: ({ verdict }) => <Badge tone={toneOf(verdict)}>{enumWord(verdict, "VERDICT_")}</Badge>,
  },
  { title: "Since", width: "110px", cell: ({ since }) => <Ago time={since} never="–" /> },
  { title: "Reason", width: "38%", minor: true, cell: ({ reason }) => <span className="soft">{reason}</span> },
];

/** One policy: what it asks, and which devices are as it wants them. */
export function PolicyPage() {
  const { policyId } = useParams({ from: "/policies/$policyId" });
  const policy = useApi("/api/v1/policies/{id}", { path: { id: policyId } });
  return <Answered of={policy}>{(found) => <Known policy={found} />}</Answered>;
}

function Known({ policy }: { readonly policy: Policy }) {
  const may = useMay("policy.write");
  const [verdict, setVerdict] = useChoice(
    "verdict",
    VERDICTS.map(([value]) => value),
  );
  const { id, name, passCount, failCount, unknownCount, staleCount } = policy;
  const verdicts = usePages("/api/v1/policies/{policyId}/verdicts", { path: { policyId: id }, query: { verdict } });
  return (
    <Page
      title={name}
      about={policy.description}
      actions={
        may && (
          <>
            <EditPolicy policy={policy} />
            <DeleteButton
              kind="policies"
              id={id}
              name={name}
              seen={policy}
              consequence="Its verdicts and their evidence go with it."
            />
          </>
        )
      }
    >
      <div className="two">
        <Panel title="What it asks" more={<Badge>{enumWord(policy.severity, "SEVERITY_")}</Badge>}>
          <div className="stack">
            <pre>{policy.query}</pre>
            {policy.resolution !== "" && <p className="soft">Where it fails: {policy.resolution}</p>}
          </div>
        </Panel>
        <Panel title="Where it stands">
          <div className="stack">
            <Share
              parts={[
                ["ok", passCount],
                ["bad", failCount],
                ["warn", staleCount],
                ["rest", unknownCount],
              ]}
            />
            <span>
              {count(passCount)} pass, {count(failCount)} fail, {count(staleCount)} stale, {count(unknownCount)} not
              answered
            </span>
          </div>
        </Panel>
      </div>
      <div className="filters">
        <ChoiceField
          compact
          label="Verdict"
          value={verdict}
          onChange={setVerdict}
          choices={[["", "Every verdict"], ...VERDICTS]}
        />
      </div>
      <PagedList
        label="Devices"
        of={verdicts}
        rows={(answer) => answer.verdicts}
        columns={COLUMNS}
        keyOf={({ deviceId }) => deviceId}
        empty={<Empty title="No device like this">Devices are asked at their next contact.</Empty>}
      />
    </Page>
  );
}
