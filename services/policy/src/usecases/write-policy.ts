import { isDeepStrictEqual } from "node:util";
import type { Policy } from "@muster/contracts/gen/muster/policy/v1/policy";
import { expectRevision } from "@muster/host/revision";
import type { ServiceDatabase, Work } from "@muster/postgres/service-database";
import type { Caller } from "@muster/rpc/caller";
import { asksAnew, draftOf, type PolicyDraft } from "../domain/policy.ts";
import { unasked } from "../domain/verdict.ts";
import { countVerdicts, deletePolicy, findPolicy, type HeldPolicy, savePolicy } from "../storage/policies.ts";
import type { PolicyTables } from "../storage/tables.ts";
import { lockVerdictsOfPolicy } from "../storage/verdicts.ts";
import { policyOf } from "./policy-message.ts";
import { addVerdicts, refitVerdicts } from "./refit-verdicts.ts";
import { type TellDeps, tellVerdicts } from "./tell-verdicts.ts";

export interface WriteDeps extends TellDeps {
  readonly database: ServiceDatabase<PolicyTables>;
  /** Transactions that have the tenant's policies for themselves; what is asked at the same time shares one. */
  readonly changes: Pick<ServiceDatabase<PolicyTables>, "tenant">;
}

/** How many verdicts of a changed policy are started anew in one statement. */
const RESTART_BATCH = 1_000;

/** Makes a policy; each device it applies to is unknown until it was asked. */
export const createPolicy =
  (deps: WriteDeps) =>
  (caller: Caller, asked: Policy | undefined): Promise<Policy> => {
    const draft = draftOf(asked);
    const now = deps.now();
    const policy = { ...draft, id: deps.newId(), revision: 1, questionRevision: 1, createdAt: now, updatedAt: now };
    return deps.changes.tenant(caller.tenant, async (work) => {
      await savePolicy(work.sql, caller.tenant, policy);
      await addVerdicts(work, deps, { tenant: caller.tenant, policyId: policy.id });
      emitChanged(work, caller, policy, false);
      return counted(work, caller.tenant, policy);
    });
  };

/** Replaces a policy. Asking for what it is already changes nothing and tells nobody. */
export const updatePolicy =
  (deps: WriteDeps) =>
  (caller: Caller, id: string, asked: Policy | undefined, expected: readonly number[]): Promise<Policy> => {
    const draft = draftOf(asked);
    return deps.changes.tenant(caller.tenant, async (work) => {
      const before = await findPolicy(work.sql, caller.tenant, id);
      expectRevision(before, expected);
      if (isDeepStrictEqual(draft, draftIn(before))) return counted(work, caller.tenant, before);
      const anew = asksAnew(before, draft);
      const revision = before.revision + 1;
      const policy: HeldPolicy = {
        ...before,
        ...draft,
        revision,
        questionRevision: anew ? revision : before.questionRevision,
        updatedAt: deps.now(),
      };
      await savePolicy(work.sql, caller.tenant, policy);
      if (anew) {
        await refitVerdicts(work, deps, { tenant: caller.tenant, policyId: id });
        await restartVerdicts(work, deps, caller.tenant, id);
      }
      emitChanged(work, caller, policy, false);
      return counted(work, caller.tenant, policy);
    });
  };

export const removePolicy =
  (deps: WriteDeps) =>
  (caller: Caller, id: string, expected: readonly number[]): Promise<void> =>
    deps.changes.tenant(caller.tenant, async (work) => {
      const policy = await findPolicy(work.sql, caller.tenant, id);
      expectRevision(policy, expected);
      await deletePolicy(work.sql, caller.tenant, id);
      emitChanged(work, caller, { ...policy, revision: policy.revision + 1, updatedAt: deps.now() }, true);
    });

async function counted({ sql }: Work<PolicyTables>, tenant: string, policy: HeldPolicy): Promise<Policy> {
  const counts = await countVerdicts(sql, tenant, [policy.id]);
  return policyOf(policy, counts(policy.id));
}

function draftIn(policy: HeldPolicy): PolicyDraft {
  const {
    id: _id,
    revision: _revision,
    questionRevision: _question,
    createdAt: _created,
    updatedAt: _updated,
    ...draft
  } = policy;
  return draft;
}

async function restartVerdicts(
  work: Work<PolicyTables>,
  deps: TellDeps,
  tenant: string,
  policyId: string,
): Promise<void> {
  let after = "";
  for (;;) {
    const held = await lockVerdictsOfPolicy(work.sql, tenant, policyId, after, RESTART_BATCH);
    await tellVerdicts(
      work,
      deps,
      held.map((each) => ({ held: each, judged: unasked(deps.now()) })),
    );
    const last = held.at(-1);
    if (last === undefined || held.length < RESTART_BATCH) return;
    after = last.deviceId;
  }
}

function emitChanged(work: Work<PolicyTables>, { actor }: Caller, policy: HeldPolicy, removed: boolean): void {
  work.emit({ type: "muster.policy.v1.PolicyChanged", actor, data: { policy: policyOf(policy), removed } });
}
