import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  ListOperationsRequest,
  Operation,
  type OperationKind,
  type OperationState,
} from "@muster/contracts/gen/muster/gateway/v1/operation_service";
import { Refusal } from "@muster/host/refusal";
import { decodePageToken, toPage } from "@muster/postgres/page";
import type { OperationPrefix } from "../../domain/operation-id.ts";
import type { Principal } from "../../domain/principal.ts";
import { operationMethods } from "./operation-methods.ts";
import type { OperationSource } from "./operation-sources.ts";

const uuid = (number: number) => `0199a3f0-0000-7000-8000-${String(number).padStart(12, "0")}`;

const principal = (tenant: string, ...actions: string[]): Principal => ({
  tenant,
  actor: "ada",
  role: "some",
  actions,
  bounds: [],
  id: "1",
  ownerId: "",
  credential: "1",
  proof: "token",
});

/** A service in which one tenant has these. */
function source(
  prefix: OperationPrefix,
  kind: OperationKind,
  right: string,
  numbers: readonly number[],
): OperationSource {
  const states: OperationState[] = ["OPERATION_STATE_RUNNING", "OPERATION_STATE_SUCCEEDED"];
  let looks = 0;
  const of = (number: number) =>
    Operation.fromPartial({
      id: `${prefix}-${uuid(number)}`,
      kind,
      state: states[number % 2] ?? "OPERATION_STATE_FAILED",
      totalCount: 2,
    });
  return {
    kind,
    right,
    get: async (id, { tenant }) => {
      const number = numbers.find((each) => uuid(each) === id);
      if (number === undefined || tenant !== "acme") throw new Refusal(`${prefix}.unknown`, "not_found", "not there");
      const doneCount = Math.min(2, Math.floor(looks++ / 2));
      return { ...of(number), doneCount, state: states[doneCount === 2 ? 1 : 0] ?? "OPERATION_STATE_FAILED" };
    },
    list: async ({ pageSize, pageToken }, { tenant }) => {
      const [before = "g"] = decodePageToken(pageToken, 1) ?? [];
      const there = tenant === "acme" ? numbers.toSorted((one, other) => other - one) : [];
      const rest = there.filter((each) => uuid(each) < before).slice(0, pageSize + 1);
      const page = toPage(rest, pageSize, (last) => [uuid(last)]);
      return { operations: page.rows.map(of), nextPageToken: page.nextPageToken };
    },
  };
}

const methods = () => operationMethods(SOURCES(), async () => undefined);

const SOURCES = () => ({
  campaign: source("campaign", "OPERATION_KIND_CAMPAIGN", "campaign.read", [1, 4, 5]),
  "live-query": source("live-query", "OPERATION_KIND_LIVE_QUERY", "query.read", [2, 3, 6]),
  plan: source("plan", "OPERATION_KIND_DESIRED_STATE_PLAN", "desired_state.read", []),
  command: source("command", "OPERATION_KIND_COMMAND", "command.read", [7]),
});

const ALL = ["campaign.read", "query.read", "desired_state.read", "command.read"];
const MAY_ALL = principal("acme", ...ALL);

const list = async (who: Principal, asked: Partial<ListOperationsRequest> = {}) => {
  const seen: string[] = [];
  for (let pageToken = ""; ; ) {
    const page = await methods().listOperations(
      ListOperationsRequest.fromPartial({ pageSize: 2, ...asked, pageToken }),
      who,
    );
    seen.push(...page.operations.map(({ id }) => id.replace(/-0199.*0(\d)$/, " $1")));
    pageToken = page.nextPageToken;
    if (pageToken === "") return seen;
  }
};

describe("operations", () => {
  it("of all services are one list, newest first, page by page, each once", async () => {
    const all = ["live-query 6", "campaign 5", "campaign 4", "live-query 3", "live-query 2", "campaign 1"];
    assert.deepEqual(await list(MAY_ALL), all);
    assert.deepEqual(await list(MAY_ALL, { pageSize: 4 }), all);
    assert.deepEqual(await list(MAY_ALL, { pageSize: 6 }), all);
  });

  it("are listed by kind and state; single commands only when they are asked for", async () => {
    assert.deepEqual(await list(MAY_ALL, { kind: "OPERATION_KIND_COMMAND" }), ["command 7"]);
    assert.deepEqual(await list(MAY_ALL, { kind: "OPERATION_KIND_CAMPAIGN", state: "OPERATION_STATE_RUNNING" }), [
      "campaign 4",
    ]);
  });

  it("are shown to who may see what they are of, and to no other tenant", async () => {
    assert.deepEqual(await list(principal("acme", "campaign.read")), ["campaign 5", "campaign 4", "campaign 1"]);
    assert.deepEqual(await list(principal("acme")), []);
    assert.deepEqual(await list(principal("globex", ...ALL)), []);
    const id = `live-query-${uuid(2)}`;
    const get = (who: Principal, asked = id) => methods().getOperation({ id: asked }, who);
    await assert.rejects(get(principal("acme", "campaign.read")), { code: "api.forbidden", message: /query\.read/ });
    const byKind = list(principal("acme", "campaign.read"), { kind: "OPERATION_KIND_LIVE_QUERY" });
    await assert.rejects(byKind, { code: "api.forbidden" });
    await assert.rejects(get(principal("globex", ...ALL)), { code: "operation.unknown" });
    const stranger = methods().watchOperation({ id }, principal("globex", ...ALL), new AbortController().signal);
    await assert.rejects(stranger[Symbol.asyncIterator]().next(), { code: "operation.unknown" });
    for (const odd of [uuid(2), `query-${uuid(2)}`, "campaign-x", `campaign-${uuid(2)}`, ""])
      await assert.rejects(get(MAY_ALL, odd), { code: "operation.unknown" });
    assert.equal((await get(MAY_ALL)).operation?.id, id);
  });

  it("are told again whenever they got further, until they ended", async () => {
    const told: number[] = [];
    for await (const { operation } of methods().watchOperation(
      { id: `campaign-${uuid(1)}` },
      MAY_ALL,
      new AbortController().signal,
    ))
      told.push(operation?.doneCount ?? -1);
    assert.deepEqual(told, [0, 1, 2]);
  });
});
