import { Link } from "@tanstack/react-router";
import type { Policy } from "../../api/types.ts";
import { Badge } from "../../parts/badge.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Share } from "../../parts/share.tsx";
import { toneOf } from "../../parts/states.ts";
import { count, enumWord } from "../../words/names.ts";

const SEVERITIES = ["SEVERITY_CRITICAL", "SEVERITY_HIGH", "SEVERITY_MEDIUM", "SEVERITY_LOW"];
const MAX_POLICIES = 8;

/** The policies in force, those that most need somebody first. */
export function Compliance({ policies }: { readonly policies: readonly Policy[] }) {
  const inForce = policies
    .filter(({ enabled }) => enabled)
    .sort(
      (a, b) =>
        Number(b.failCount > 0) - Number(a.failCount > 0) ||
        SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
        b.failCount - a.failCount,
    );
  if (inForce.length === 0) {
    return (
      <Empty title="No policy in force">A policy asks every device a question and keeps the answer as evidence.</Empty>
    );
  }
  return (
    <ul className="compliance">
      {inForce.slice(0, MAX_POLICIES).map(({ id, name, severity, passCount, failCount, unknownCount, staleCount }) => (
        <li key={id}>
          <Link className="cut" to="/policies/$policyId" params={{ policyId: id }}>
            {name}
          </Link>
          <Badge tone={failCount > 0 ? toneOf(severity) : "plain"}>{enumWord(severity, "SEVERITY_")}</Badge>
          <span className="faint small numeric">
            {count(passCount)} pass, {count(failCount)} fail
          </span>
          <Share
            parts={[
              ["ok", passCount],
              ["bad", failCount],
              ["plain", unknownCount + staleCount],
            ]}
          />
        </li>
      ))}
    </ul>
  );
}
