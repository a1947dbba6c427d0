import { Link } from "@tanstack/react-router";
import type { Policy } from "../../api/types.ts";
import { useApi } from "../../api/use-api.ts";
import { Badge } from "../../parts/badge.tsx";
import { Empty } from "../../parts/empty.tsx";
import { List } from "../../parts/list.tsx";
import { Page } from "../../parts/page.tsx";
import { Share } from "../../parts/share.tsx";
import { toneOf } from "../../parts/states.ts";
import type { Column } from "../../parts/table.tsx";
import { useMay } from "../../session/session.tsx";
import { count, enumWord, platformName } from "../../words/names.ts";
import { NewPolicy } from "../policy/policy-form.tsx";

const COLUMNS: readonly Column<Policy>[] = [
  {
    title: "Policy",
    cell: ({ id, name, enabled }) => (
      <>
        <Link to="/policies/$policyId" params={{ policyId: id }}>
          {name}
        </Link>{" "}
        {!enabled && <Badge>off</Badge>}
      </>
    ),
  },
  {
    title: "Severity",
    width: "96px",
    cell: ({ severity, failCount }) => (
      <Badge tone={failCount > 0 ? toneOf(severity) : "plain"}>{enumWord(severity, "SEVERITY_")}</Badge>
    ),
  },
  {
    title: "Applies to",
    width: "22%",
    minor: true,
    cell: ({ selection }) => (
      <span className="soft">{selection?.platforms.map(platformName).join(", ") || "every platform"}</span>
    ),
  },
  { title: "Pass", width: "70px", numeric: true, minor: true, cell: ({ passCount }) => count(passCount) },
  { title: "Fail", width: "64px", numeric: true, cell: ({ failCount }) => count(failCount) },
  {
    title: "Share",
    width: "16%",
    minor: true,
    cell: ({ passCount, failCount, unknownCount, staleCount }) => (
      <Share
        parts={[
          ["ok", passCount],
          ["bad", failCount],
          ["rest", unknownCount + staleCount],
        ]}
      />
    ),
  },
];

/** What devices should be like, and how many are. */
export function Policies() {
  const policies = useApi("/api/v1/policies");
  const may = useMay("policy.write");
  return (
    <Page
      title="Policies"
      about="Each asks its devices a question; a row in the answer is a pass, and the evidence is kept."
      actions={may && <NewPolicy />}
    >
      <List
        label="Policies"
        of={policies}
        rows={(answer) => answer.policies}
        columns={COLUMNS}
        keyOf={({ id }) => id}
        empty={<Empty title="No policy yet">Make one: a question in SQL, and what to do where it fails.</Empty>}
      />
    </Page>
  );
}
