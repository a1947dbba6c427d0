import { Severity, Verdict } from "@muster/contracts/gen/muster/policy/v1/policy";
import type { Gist, GistsOf } from "./gist.ts";
import { because, deviceName, enumWords } from "./words.ts";

/** How much a failing policy matters, as whoever wrote it said; unspecified is medium, as the contract has it. */
const MATTERS: Readonly<Record<Severity, Gist["severity"]>> = {
  [Severity.SEVERITY_UNSPECIFIED]: "medium",
  [Severity.SEVERITY_LOW]: "low",
  [Severity.SEVERITY_MEDIUM]: "medium",
  [Severity.SEVERITY_HIGH]: "high",
  [Severity.SEVERITY_CRITICAL]: "critical",
};

const OUTCOME: Readonly<Record<Verdict, Gist["outcome"]>> = {
  [Verdict.VERDICT_UNSPECIFIED]: "unknown",
  [Verdict.VERDICT_PASS]: "success",
  [Verdict.VERDICT_FAIL]: "failure",
  [Verdict.VERDICT_UNKNOWN]: "unknown",
  [Verdict.VERDICT_STALE]: "unknown",
};

export const policy: GistsOf<"policy"> = {
  "muster.policy.v1.PolicyChanged": ({ policy, removed }) => ({
    message: `the policy ${policy?.name ?? ""} was ${removed ? "removed" : policy?.revision === 1 ? "created" : "changed"}`,
    severity: "informational",
    outcome: "success",
    policy: { id: policy?.id ?? "", name: policy?.name ?? "" },
  }),
  "muster.policy.v1.ComplianceChanged": ({ policyId, policyName, reason, severity, verdict }, event) => ({
    message: `${policyName}: ${enumWords(verdict, "VERDICT_")} on ${deviceName(event)}${because(reason)}`,
    severity: verdict === Verdict.VERDICT_FAIL ? MATTERS[severity] : "informational",
    outcome: OUTCOME[verdict],
    policy: { id: policyId, name: policyName },
  }),
  "muster.policy.v1.RemediationRequested": ({ policyId, policyName }, event) => ({
    message: `${policyName} began to fail on ${deviceName(event)}, and its script was asked for`,
    severity: "informational",
    outcome: "unknown",
    policy: { id: policyId, name: policyName },
  }),
};
