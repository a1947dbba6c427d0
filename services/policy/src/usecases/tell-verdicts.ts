import type { Severity } from "@muster/contracts/gen/muster/policy/v1/policy";
import { Verdict } from "@muster/contracts/gen/muster/policy/v1/policy";
import type { TraceCarrier } from "@muster/host/telemetry";
import type { Work } from "@muster/postgres/service-database";
import { beginsToFail, type Judged } from "../domain/verdict.ts";
import type { EndedVerdict } from "../storage/applicability.ts";
import { countFailing, type DeviceKey } from "../storage/devices.ts";
import type { PolicyTables } from "../storage/tables.ts";
import { type HeldVerdict, writeVerdicts } from "../storage/verdicts.ts";

export interface NewVerdict {
  readonly held: HeldVerdict;
  readonly judged: Judged;
  readonly trace?: TraceCarrier;
}

export interface TellDeps {
  readonly now: () => Date;
  readonly newId: () => string;
}

/** Writes what was judged, and tells of the verdicts that changed and of the failures that a script is to mend. */
export async function tellVerdicts(
  work: Work<PolicyTables>,
  deps: TellDeps,
  verdicts: readonly NewVerdict[],
): Promise<void> {
  if (verdicts.length === 0) return;
  const remediated = verdicts.map(({ held, judged, trace }) => {
    const mends = held.policy.remediationScriptId !== "" && beginsToFail(held.judged, judged);
    return { held, trace, mends, judged: mends ? { ...judged, remediationCommandId: deps.newId() } : judged };
  });
  const versions = await writeVerdicts(
    work.sql,
    remediated.map(({ held, judged }) => ({ ...held, judged, changed: judged.verdict !== held.judged.verdict })),
  );
  const failing = await countFailing(
    work.sql,
    verdicts.map(({ held }) => held),
  );
  for (const [index, { held, judged, mends, trace }] of remediated.entries()) {
    if (judged.verdict === held.judged.verdict) continue;
    emitCompliance(work, { held, judged, version: versions[index] ?? 0, failing, ...(trace && { trace }) });
    if (!mends) continue;
    work.emit({
      type: "muster.policy.v1.RemediationRequested",
      tenant: held.tenant,
      deviceId: held.deviceId,
      actor: `policy:${held.policyId}`,
      ...(trace && { trace }),
      data: {
        commandId: judged.remediationCommandId ?? "",
        deviceId: held.deviceId,
        policyId: held.policyId,
        policyName: held.policy.name,
        scriptId: held.policy.remediationScriptId,
        requestedAt: deps.now(),
      },
    });
  }
}

/**
 * Tells that verdicts ended because their policy applies no more, so that who follows the stream does not believe a
 * failure for ever. A device that is managed no more is told of by its unenrollment.
 */
export async function tellEnds(work: Work<PolicyTables>, ended: readonly EndedVerdict[], now: Date): Promise<void> {
  const told = ended.filter((each) => each.enrolled && each.judged.verdict !== Verdict.VERDICT_UNKNOWN);
  if (told.length === 0) return;
  const failing = await countFailing(work.sql, told);
  for (const held of told) {
    const judged: Judged = {
      ...held.judged,
      verdict: Verdict.VERDICT_UNSPECIFIED,
      reason: "the policy does not apply to the device any more",
      since: now,
    };
    emitCompliance(work, { held, judged, version: held.version, failing });
  }
}

interface Change {
  readonly held: HeldVerdict;
  readonly judged: Judged;
  readonly version: number;
  readonly failing: (device: DeviceKey) => number;
  readonly trace?: TraceCarrier;
}

function emitCompliance(work: Work<PolicyTables>, { held, judged, version, failing, trace }: Change): void {
  work.emit({
    type: "muster.policy.v1.ComplianceChanged",
    tenant: held.tenant,
    deviceId: held.deviceId,
    actor: `policy:${held.policyId}`,
    ...(trace && { trace }),
    data: {
      deviceId: held.deviceId,
      displayName: held.displayName,
      version,
      policyId: held.policyId,
      policyName: held.policy.name,
      severity: held.policy.severity as Severity,
      previous: held.judged.verdict,
      verdict: judged.verdict,
      reason: judged.reason,
      evidence: [...judged.evidence],
      resolution: held.policy.resolution,
      answeredAt: judged.answeredAt,
      failingPolicies: failing(held),
    },
  });
}
