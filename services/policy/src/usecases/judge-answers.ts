import type { TraceCarrier } from "@muster/host/telemetry";
import type { Work } from "@muster/postgres/service-database";
import { judge } from "../domain/verdict.ts";
import { type HeardAnswer, keepEarlyAnswers } from "../storage/early-answers.ts";
import type { PolicyTables } from "../storage/tables.ts";
import { lockVerdicts, type VerdictKey } from "../storage/verdicts.ts";
import { type NewVerdict, type TellDeps, tellVerdicts } from "./tell-verdicts.ts";

export interface TracedAnswer extends HeardAnswer {
  readonly trace?: TraceCarrier;
}

const keyOf = (key: VerdictKey) => `${key.tenant}\n${key.policyId}\n${key.deviceId}`;

/** Judges answers in the order of their arrival. The caller holds the devices' locks. */
export async function judgeAnswers(
  work: Work<PolicyTables>,
  deps: TellDeps,
  answers: readonly TracedAnswer[],
): Promise<void> {
  for (const round of rounds(answers)) await judgeRound(work, deps, round);
}

/** Two answers to one question never stand in the same round, so that each is judged against the one before. */
function rounds(answers: readonly TracedAnswer[]): TracedAnswer[][] {
  const result: TracedAnswer[][] = [];
  const heard = new Map<string, number>();
  for (const answer of answers) {
    const round = heard.get(keyOf(answer)) ?? 0;
    heard.set(keyOf(answer), round + 1);
    (result[round] ??= []).push(answer);
  }
  return result;
}

async function judgeRound(work: Work<PolicyTables>, deps: TellDeps, answers: readonly TracedAnswer[]): Promise<void> {
  const held = new Map((await lockVerdicts(work.sql, answers)).map((each) => [keyOf(each), each]));
  const verdicts: NewVerdict[] = [];
  const early: HeardAnswer[] = [];
  for (const heard of answers) {
    const verdict = held.get(keyOf(heard));
    if (verdict === undefined) {
      early.push(heard);
      continue;
    }
    const judged = judge(verdict.judged, heard.answer, verdict.policy.questionRevision);
    if (judged !== undefined) verdicts.push({ held: verdict, judged, ...(heard.trace && { trace: heard.trace }) });
  }
  await tellVerdicts(work, deps, verdicts);
  if (early.length > 0) await keepEarlyAnswers(work.sql, early, deps.now());
}
