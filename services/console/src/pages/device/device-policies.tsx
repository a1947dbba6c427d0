import { Link } from "@tanstack/react-router";
import type { Device, DeviceVerdict } from "../../api/types.ts";
import { useApi } from "../../api/use-api.ts";
import { Answered } from "../../parts/answered.tsx";
import { Badge } from "../../parts/badge.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Panel } from "../../parts/page.tsx";
import { toneOf } from "../../parts/states.ts";
import { Ago } from "../../parts/time.tsx";
import { enumWord } from "../../words/names.ts";

const ORDER = ["VERDICT_FAIL", "VERDICT_STALE", "VERDICT_UNKNOWN", "VERDICT_PASS"];

/** What each policy says of a device, with the rows that it said so from. */
export function DevicePolicies({ device }: { readonly device: Device }) {
  const verdicts = useApi("/api/v1/devices/{deviceId}/verdicts", { path: { deviceId: device.id } });
  return (
    <Panel title="Policies" flush>
      <Answered of={verdicts}>
        {(answer) =>
          answer.verdicts.length === 0 ? (
            <Empty title="No policy applies to this device">Policies choose devices by platform and label.</Empty>
          ) : (
            <ul className="verdicts">
              {[...answer.verdicts]
                .sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict))
                .map((verdict) => (
                  <VerdictLine key={verdict.policyId} verdict={verdict} />
                ))}
            </ul>
          )
        }
      </Answered>
    </Panel>
  );
}

const VerdictLine = ({ verdict }: { readonly verdict: DeviceVerdict }) => (
  <li>
    <div className="row">
      <Badge tone={toneOf(verdict.verdict)}>{enumWord(verdict.verdict, "VERDICT_")}</Badge>
      <Link to="/policies/$policyId" params={{ policyId: verdict.policyId }}>
        <strong>{verdict.policyName}</strong>
      </Link>
      <Badge>{enumWord(verdict.severity, "SEVERITY_")}</Badge>
      <span className="faint small push-end">
        since <Ago time={verdict.since} never="its first answer" />
      </span>
    </div>
    {verdict.reason !== "" && <span className="soft">{verdict.reason}</span>}
    {verdict.verdict === "VERDICT_FAIL" && verdict.resolution !== "" && <span>What to do: {verdict.resolution}</span>}
    {verdict.evidence.length > 0 && (
      <details>
        <summary className="small">
          Evidence, answered <Ago time={verdict.answeredAt} />
        </summary>
        <pre className="evidence">{verdict.evidence.map(({ columns }) => JSON.stringify(columns)).join("\n")}</pre>
      </details>
    )}
  </li>
);
