import { Severity, Verdict } from "@muster/contracts/gen/muster/policy/v1/policy";
import { ProfileState } from "@muster/contracts/gen/muster/policy/v1/profile";
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

const PROFILE_OUTCOME: Readonly<Record<ProfileState, Gist["outcome"]>> = {
  [ProfileState.PROFILE_STATE_UNSPECIFIED]: "unknown",
  [ProfileState.PROFILE_STATE_PENDING]: "unknown",
  [ProfileState.PROFILE_STATE_DELIVERED]: "success",
  [ProfileState.PROFILE_STATE_VERIFIED]: "success",
  [ProfileState.PROFILE_STATE_FAILED]: "failure",
  [ProfileState.PROFILE_STATE_REMOVING]: "unknown",
  [ProfileState.PROFILE_STATE_REMOVED]: "success",
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
  "muster.policy.v1.DesiredStateChanged": ({ profiles }, event) => ({
    message: `${deviceName(event)} has to be changed: ${profiles.length} profiles`,
    severity: "informational",
    outcome: "unknown",
  }),
  "muster.policy.v1.ProfileStateChanged": ({ cause, profileName, state }, event) => ({
    message: `the profile ${profileName} is ${enumWords(state, "PROFILE_STATE_")} on ${deviceName(event)}${because(cause)}`,
    severity: state === ProfileState.PROFILE_STATE_FAILED ? "low" : "informational",
    outcome: PROFILE_OUTCOME[state],
  }),
  "muster.policy.v1.DeviceStatusReported": (_, event) => ({
    message: `${deviceName(event)} reported its status`,
    severity: "informational",
    outcome: "success",
  }),
  "muster.policy.v1.RemediationRequested": ({ policyId, policyName }, event) => ({
    message: `${policyName} began to fail on ${deviceName(event)}, and its script was asked for`,
    severity: "informational",
    outcome: "unknown",
    policy: { id: policyId, name: policyName },
  }),
};
