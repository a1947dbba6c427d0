import type { Platform } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import type { DeviceVerdict, Policy, Severity } from "@muster/contracts/gen/muster/policy/v1/policy";
import type { HeldPolicy, VerdictCounts } from "../storage/policies.ts";
import type { HeldVerdict } from "../storage/verdicts.ts";

const UNCOUNTED: VerdictCounts = { pass: 0, fail: 0, unknown: 0, stale: 0 };

export const policyOf = (policy: HeldPolicy, counts = UNCOUNTED): Policy => ({
  id: policy.id,
  name: policy.name,
  description: policy.description,
  query: policy.query,
  selection: {
    deviceIds: [...policy.deviceIds],
    labelIds: [...policy.labelIds],
    platforms: policy.platforms as Platform[],
  },
  severity: policy.severity as Severity,
  resolution: policy.resolution,
  intervalSeconds: policy.intervalSeconds,
  remediationScriptId: policy.remediationScriptId,
  enabled: policy.enabled,
  revision: policy.revision,
  passCount: counts.pass,
  failCount: counts.fail,
  unknownCount: counts.unknown,
  staleCount: counts.stale,
  createdAt: policy.createdAt,
  updatedAt: policy.updatedAt,
});

export const verdictOf = ({ deviceId, displayName, policy, judged }: HeldVerdict): DeviceVerdict => ({
  deviceId,
  displayName,
  policyId: policy.id,
  policyName: policy.name,
  severity: policy.severity as Severity,
  verdict: judged.verdict,
  since: judged.since,
  answeredAt: judged.answeredAt,
  evidence: [...judged.evidence],
  reason: judged.reason,
  resolution: policy.resolution,
  policyRevision: judged.answerRevision,
});
