import type { Work } from "@muster/postgres/service-database";
import { addMissingVerdicts, removeEndedVerdicts, type Scope } from "../storage/applicability.ts";
import { takeEarlyAnswers } from "../storage/early-answers.ts";
import type { PolicyTables } from "../storage/tables.ts";
import { judgeAnswers } from "./judge-answers.ts";
import { type TellDeps, tellEnds } from "./tell-verdicts.ts";

/** Makes a verdict stand exactly where a policy applies to a device; the caller holds the locks. */
export async function refitVerdicts(work: Work<PolicyTables>, deps: TellDeps, scope: Scope): Promise<void> {
  await tellEnds(work, await removeEndedVerdicts(work.sql, scope), deps.now());
  await addVerdicts(work, deps, scope);
}

/** Makes a verdict stand wherever a policy applies to a device; none ends. */
export async function addVerdicts(work: Work<PolicyTables>, deps: TellDeps, scope: Scope): Promise<void> {
  const added = await addMissingVerdicts(work.sql, scope, deps.now());
  if (added.length > 0) await judgeAnswers(work, deps, await takeEarlyAnswers(work.sql, added));
}
