import type { CampaignServiceServer } from "@muster/contracts/gen/muster/command/v1/campaign_service";
import type { CommandServiceServer } from "@muster/contracts/gen/muster/command/v1/command_service";
import type { Operation, OperationKind } from "@muster/contracts/gen/muster/gateway/v1/operation_service";
import type { LiveQueryServiceServer } from "@muster/contracts/gen/muster/inventory/v1/live_query_service";
import { decodePageToken, toPage } from "@muster/postgres/page";
import type { ServiceDatabase } from "@muster/postgres/service-database";
import type { Caller } from "@muster/rpc/caller";
import type { ClientOf } from "@muster/rpc/client";
import type { OperationPrefix } from "../../domain/operation-id.ts";
import { findPlan, listBegunPlans } from "../../storage/desired-state-plans.ts";
import type { GatewayTables } from "../../storage/tables.ts";
import { inParallel } from "../desired-state/in-parallel.ts";
import {
  campaignOperation,
  commandOperation,
  hasEnded,
  liveQueryOperation,
  planOperation,
} from "./operation-message.ts";

export interface OperationPage {
  readonly operations: readonly Operation[];
  readonly nextPageToken: string;
}

export interface Paging {
  readonly pageSize: number;
  readonly pageToken: string;
}

/** One kind of operations, as the service that does them keeps it. */
export interface OperationSource {
  readonly kind: OperationKind;
  /** What a caller needs besides, as this shows what that shows. */
  readonly right: string;
  get(id: string, caller: Caller): Promise<Operation>;
  /** Newest first; but for commands, a page's token is the last one's id, so that pages of several kinds can be merged. */
  list(paging: Paging, caller: Caller): Promise<OperationPage>;
}

export interface SourceDeps {
  readonly campaigns: Pick<ClientOf<CampaignServiceServer>, "getCampaign" | "listCampaigns">;
  readonly commands: Pick<ClientOf<CommandServiceServer>, "getCommand" | "listCommands">;
  readonly liveQueries: Pick<ClientOf<LiveQueryServiceServer>, "getLiveQuery" | "listLiveQueries">;
  readonly database: ServiceDatabase<GatewayTables>;
}

const COUNTED_AT_ONCE = 8;

export function operationSources(deps: SourceDeps): Readonly<Record<OperationPrefix, OperationSource>> {
  const { campaigns, commands, liveQueries, database } = deps;
  const got = <T>(thing: T | undefined): T => {
    if (thing === undefined) throw new Error("the answer lacks what was asked for");
    return thing;
  };
  const campaign = async (id: string, caller: Caller) =>
    campaignOperation(got((await campaigns.getCampaign({ id }, caller)).campaign));
  return {
    campaign: {
      kind: "OPERATION_KIND_CAMPAIGN",
      right: "campaign.read",
      get: campaign,
      list: async (paging, caller) => {
        const page = await campaigns.listCampaigns({ ...paging, state: "CAMPAIGN_STATE_UNSPECIFIED" }, caller);
        // Campaigns that did not end are listed without their counts.
        const operations = await inParallel(page.campaigns, COUNTED_AT_ONCE, async (each) => {
          const operation = campaignOperation(each);
          return hasEnded(operation.state) ? operation : campaign(each.id, caller);
        });
        return { operations, nextPageToken: page.nextPageToken };
      },
    },
    "live-query": {
      kind: "OPERATION_KIND_LIVE_QUERY",
      right: "query.read",
      get: async (id, caller) => liveQueryOperation(got((await liveQueries.getLiveQuery({ id }, caller)).liveQuery)),
      list: async (paging, caller) => {
        const page = await liveQueries.listLiveQueries(paging, caller);
        return { operations: page.liveQueries.map(liveQueryOperation), nextPageToken: page.nextPageToken };
      },
    },
    plan: {
      kind: "OPERATION_KIND_DESIRED_STATE_PLAN",
      right: "desired_state.read",
      get: (id, { tenant }) => database.tenant(tenant, async (work) => planOperation(await findPlan(work, tenant, id))),
      list: async ({ pageSize, pageToken }, { tenant }) => {
        const [before] = decodePageToken(pageToken, 1) ?? [];
        const plans = await database.tenant(tenant, (work) => listBegunPlans(work, tenant, before, pageSize + 1));
        const page = toPage(plans, pageSize, ({ plan }) => [plan.id]);
        return { operations: page.rows.map(planOperation), nextPageToken: page.nextPageToken };
      },
    },
    command: {
      kind: "OPERATION_KIND_COMMAND",
      right: "command.read",
      get: async (id, caller) => commandOperation(got((await commands.getCommand({ id }, caller)).command)),
      list: async (paging, caller) => {
        const wish = { ...paging, deviceId: "", state: "COMMAND_STATE_UNSPECIFIED" as const };
        const page = await commands.listCommands(wish, caller);
        return { operations: page.commands.map(commandOperation), nextPageToken: page.nextPageToken };
      },
    },
  };
}
