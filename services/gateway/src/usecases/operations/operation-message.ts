import type { Campaign } from "@muster/contracts/gen/muster/command/v1/campaign";
import type { Command } from "@muster/contracts/gen/muster/command/v1/command";
import type { DesiredStatePlanState } from "@muster/contracts/gen/muster/gateway/v1/desired_state";
import type { Operation, OperationState } from "@muster/contracts/gen/muster/gateway/v1/operation_service";
import type { LiveQuery } from "@muster/contracts/gen/muster/inventory/v1/live_query_service";
import type { HeldPlan } from "../../storage/desired-state-plans.ts";

const CAMPAIGN_STATES: Readonly<Record<Campaign["state"], OperationState>> = {
  CAMPAIGN_STATE_UNSPECIFIED: "OPERATION_STATE_UNSPECIFIED",
  CAMPAIGN_STATE_AWAITING_APPROVAL: "OPERATION_STATE_WAITING",
  CAMPAIGN_STATE_RUNNING: "OPERATION_STATE_RUNNING",
  CAMPAIGN_STATE_PAUSED: "OPERATION_STATE_PAUSED",
  CAMPAIGN_STATE_HALTED: "OPERATION_STATE_PAUSED",
  CAMPAIGN_STATE_COMPLETED: "OPERATION_STATE_SUCCEEDED",
  CAMPAIGN_STATE_CANCELLED: "OPERATION_STATE_CANCELLED",
  CAMPAIGN_STATE_EXPIRED: "OPERATION_STATE_EXPIRED",
  CAMPAIGN_STATE_REJECTED: "OPERATION_STATE_CANCELLED",
};

export function campaignOperation(campaign: Campaign): Operation {
  const { counts, id } = campaign;
  return {
    id: `campaign-${id}`,
    kind: "OPERATION_KIND_CAMPAIGN",
    name: campaign.name,
    state: CAMPAIGN_STATES[campaign.state],
    totalCount: campaign.deviceCount,
    doneCount: counts?.acknowledged ?? 0,
    failedCount: (counts?.failed ?? 0) + (counts?.refused ?? 0) + (counts?.expired ?? 0) + (counts?.cancelled ?? 0),
    error: campaign.haltReason,
    createdBy: campaign.createdBy,
    startedAt: campaign.createdAt,
    endedAt: campaign.endedAt,
    resultPath: `/api/v1/campaigns/${id}`,
  };
}

const LIVE_QUERY_STATES: Readonly<Record<string, OperationState>> = {
  running: "OPERATION_STATE_RUNNING",
  completed: "OPERATION_STATE_SUCCEEDED",
  stopped: "OPERATION_STATE_CANCELLED",
  expired: "OPERATION_STATE_EXPIRED",
};

export const liveQueryOperation = (query: LiveQuery): Operation => ({
  id: `live-query-${query.id}`,
  kind: "OPERATION_KIND_LIVE_QUERY",
  name: query.sql,
  state: LIVE_QUERY_STATES[query.state] ?? "OPERATION_STATE_UNSPECIFIED",
  totalCount: query.targets,
  doneCount: query.answered - query.failed,
  failedCount: query.failed,
  error: "",
  createdBy: query.createdBy,
  startedAt: query.createdAt,
  endedAt: query.endedAt,
  resultPath: `/api/v1/live-queries/${query.id}/answers`,
});

const PLAN_STATES: Readonly<Record<DesiredStatePlanState, OperationState>> = {
  DESIRED_STATE_PLAN_STATE_UNSPECIFIED: "OPERATION_STATE_UNSPECIFIED",
  DESIRED_STATE_PLAN_STATE_PLANNED: "OPERATION_STATE_WAITING",
  DESIRED_STATE_PLAN_STATE_APPLYING: "OPERATION_STATE_RUNNING",
  DESIRED_STATE_PLAN_STATE_APPLIED: "OPERATION_STATE_SUCCEEDED",
  DESIRED_STATE_PLAN_STATE_UNDOING: "OPERATION_STATE_RUNNING",
  DESIRED_STATE_PLAN_STATE_UNDONE: "OPERATION_STATE_FAILED",
};

/** A plan that was undone has nothing done. */
export function planOperation({ plan, principal, reached }: HeldPlan): Operation {
  const state = PLAN_STATES[plan.state];
  const total = plan.changes.length;
  const done = { OPERATION_STATE_SUCCEEDED: total, OPERATION_STATE_RUNNING: reached } as Partial<
    Record<OperationState, number>
  >;
  return {
    id: `plan-${plan.id}`,
    kind: "OPERATION_KIND_DESIRED_STATE_PLAN",
    name: plan.owner,
    state,
    totalCount: total,
    doneCount: done[state] ?? 0,
    failedCount: state === "OPERATION_STATE_FAILED" ? total : 0,
    error: plan.error,
    createdBy: principal?.actor ?? plan.createdBy,
    startedAt: plan.createdAt,
    endedAt: plan.endedAt,
    resultPath: `/api/v1/desired-state/plans/${plan.id}`,
  };
}

const COMMAND_STATES: Readonly<Record<Command["state"], OperationState>> = {
  COMMAND_STATE_UNSPECIFIED: "OPERATION_STATE_UNSPECIFIED",
  COMMAND_STATE_QUEUED: "OPERATION_STATE_WAITING",
  COMMAND_STATE_DELIVERED: "OPERATION_STATE_RUNNING",
  COMMAND_STATE_RUNNING: "OPERATION_STATE_RUNNING",
  COMMAND_STATE_ACKNOWLEDGED: "OPERATION_STATE_SUCCEEDED",
  COMMAND_STATE_FAILED: "OPERATION_STATE_FAILED",
  COMMAND_STATE_EXPIRED: "OPERATION_STATE_EXPIRED",
  COMMAND_STATE_CANCELLED: "OPERATION_STATE_CANCELLED",
};

export function commandOperation(command: Command): Operation {
  const state = COMMAND_STATES[command.state];
  const isDone = state === "OPERATION_STATE_SUCCEEDED";
  return {
    id: `command-${command.id}`,
    kind: "OPERATION_KIND_COMMAND",
    name: command.type,
    state,
    totalCount: 1,
    doneCount: isDone ? 1 : 0,
    failedCount: hasEnded(state) && !isDone ? 1 : 0,
    error: command.result?.reason ?? "",
    createdBy: command.createdBy,
    startedAt: command.createdAt,
    endedAt: command.endedAt,
    resultPath: `/api/v1/commands/${command.id}`,
  };
}

/** Whether nothing will change any more. */
export const hasEnded = (state: OperationState): boolean =>
  state === "OPERATION_STATE_SUCCEEDED" ||
  state === "OPERATION_STATE_FAILED" ||
  state === "OPERATION_STATE_CANCELLED" ||
  state === "OPERATION_STATE_EXPIRED";
