import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Campaign } from "@muster/contracts/gen/muster/command/v1/campaign";
import { Command } from "@muster/contracts/gen/muster/command/v1/command";
import { DesiredStatePlan } from "@muster/contracts/gen/muster/gateway/v1/desired_state";
import { LiveQuery } from "@muster/contracts/gen/muster/inventory/v1/live_query_service";
import { campaignOperation, commandOperation, liveQueryOperation, planOperation } from "./operation-message.ts";

const shown = ({ state, totalCount, doneCount, failedCount, error }: ReturnType<typeof campaignOperation>) => [
  state,
  totalCount,
  doneCount,
  failedCount,
  error,
];

describe("an operation", () => {
  it("is a campaign with what became of its devices", () => {
    const campaign = Campaign.fromPartial({
      id: "c",
      state: "CAMPAIGN_STATE_HALTED",
      deviceCount: 20,
      haltReason: "failures",
      counts: { waiting: 5, refused: 1, queued: 2, acknowledged: 7, failed: 3, expired: 1, cancelled: 1 },
    });
    assert.deepEqual(shown(campaignOperation(campaign)), ["OPERATION_STATE_PAUSED", 20, 7, 6, "failures"]);
    assert.equal(campaignOperation(campaign).resultPath, "/api/v1/campaigns/c");
  });

  it("is a live query with who answered", () => {
    const query = LiveQuery.fromPartial({ state: "expired", targets: 9, answered: 7, failed: 2 });
    assert.deepEqual(shown(liveQueryOperation(query)), ["OPERATION_STATE_EXPIRED", 9, 5, 2, ""]);
  });

  it("is a plan with how many of its changes are made, and none once it is undone", () => {
    const plan = (state: DesiredStatePlan["state"], error = "") =>
      planOperation({
        plan: DesiredStatePlan.fromPartial({ id: "p", state, error, changes: [{}, {}, {}] }),
        work: null,
        reached: 2,
        principal: undefined,
      });
    assert.deepEqual(shown(plan("DESIRED_STATE_PLAN_STATE_APPLYING")), ["OPERATION_STATE_RUNNING", 3, 2, 0, ""]);
    assert.deepEqual(shown(plan("DESIRED_STATE_PLAN_STATE_APPLIED")), ["OPERATION_STATE_SUCCEEDED", 3, 3, 0, ""]);
    assert.deepEqual(shown(plan("DESIRED_STATE_PLAN_STATE_UNDONE", "x")), ["OPERATION_STATE_FAILED", 3, 0, 3, "x"]);
  });

  it("is a command for one device", () => {
    const command = (state: Command["state"]) => shown(commandOperation(Command.fromPartial({ state })));
    assert.deepEqual(command("COMMAND_STATE_QUEUED"), ["OPERATION_STATE_WAITING", 1, 0, 0, ""]);
    assert.deepEqual(command("COMMAND_STATE_ACKNOWLEDGED"), ["OPERATION_STATE_SUCCEEDED", 1, 1, 0, ""]);
    assert.deepEqual(command("COMMAND_STATE_CANCELLED"), ["OPERATION_STATE_CANCELLED", 1, 0, 1, ""]);
  });
});
