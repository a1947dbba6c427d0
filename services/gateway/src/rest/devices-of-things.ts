import type { CampaignServiceServer } from "@muster/contracts/gen/muster/command/v1/campaign_service";
import type { CommandServiceServer } from "@muster/contracts/gen/muster/command/v1/command_service";
import type { LiveQueryServiceServer } from "@muster/contracts/gen/muster/inventory/v1/live_query_service";
import type { Caller } from "@muster/rpc/caller";
import type { ClientOf } from "@muster/rpc/client";
import { partsOfOperationId } from "../domain/operation-id.ts";

/** What was asked of devices: who asked, and of which. */
export interface Asked {
  readonly createdBy: string;
  /** Ids of labels by which the devices were chosen; empty when they were not chosen so. */
  readonly labelIds: readonly string[];
  /** Ids of the devices, in parts; none when all there are were asked. */
  devices(): AsyncIterable<readonly string[]>;
}

export interface ThingClients {
  readonly campaigns: Pick<ClientOf<CampaignServiceServer>, "getCampaign" | "listCampaignDevices">;
  readonly commands: Pick<ClientOf<CommandServiceServer>, "getCommand">;
  readonly liveQueries: Pick<ClientOf<LiveQueryServiceServer>, "getLiveQuery">;
}

type Thing = "command" | "campaign" | "live-query";

/** The methods that are about one such thing, by its id. */
const METHODS: Readonly<Record<string, Thing | "operation">> = {
  "muster.command.v1.CommandService.GetCommand": "command",
  "muster.command.v1.CommandService.WatchCommand": "command",
  "muster.command.v1.CommandService.CancelCommand": "command",
  "muster.command.v1.CampaignService.GetCampaign": "campaign",
  "muster.command.v1.CampaignService.ListCampaignDevices": "campaign",
  "muster.command.v1.CampaignService.PauseCampaign": "campaign",
  "muster.command.v1.CampaignService.ResumeCampaign": "campaign",
  "muster.command.v1.CampaignService.CancelCampaign": "campaign",
  "muster.command.v1.CampaignService.ApproveCampaign": "campaign",
  "muster.command.v1.CampaignService.RejectCampaign": "campaign",
  "muster.inventory.v1.LiveQueryService.GetLiveQuery": "live-query",
  "muster.inventory.v1.LiveQueryService.StreamAnswers": "live-query",
  "muster.inventory.v1.LiveQueryService.StopLiveQuery": "live-query",
  "muster.gateway.v1.OperationService.GetOperation": "operation",
  "muster.gateway.v1.OperationService.WatchOperation": "operation",
};

const PAGE = 500;

/** What the thing asked that a method is about; nothing when the method, or the operation, is about something else. */
export async function askedBy(
  clients: ThingClients,
  method: string,
  id: string,
  { tenant, actor }: Caller,
): Promise<Asked | undefined> {
  const caller = { tenant, actor };
  const about = METHODS[method];
  if (about === undefined) return undefined;
  if (about !== "operation") return ASKED[about](clients, id, caller);
  const { of, prefix } = partsOfOperationId(id);
  return prefix === "plan" ? undefined : ASKED[prefix](clients, of, caller);
}

const ASKED: Readonly<Record<Thing, (clients: ThingClients, id: string, caller: Caller) => Promise<Asked>>> = {
  command: async ({ commands }, id, caller) => {
    const { command } = await commands.getCommand({ id }, caller);
    const { createdBy = "", deviceId } = command ?? {};
    return { createdBy, labelIds: [], devices: () => parts(deviceId === undefined ? [] : [deviceId]) };
  },
  campaign: async ({ campaigns }, id, caller) => {
    const { campaign } = await campaigns.getCampaign({ id }, caller);
    return { createdBy: campaign?.createdBy ?? "", labelIds: [], devices: () => devicesOf(campaigns, id, caller) };
  },
  "live-query": async ({ liveQueries }, id, caller) => {
    const { liveQuery } = await liveQueries.getLiveQuery({ id }, caller);
    const { createdBy = "", selection } = liveQuery ?? {};
    return { createdBy, labelIds: selection?.labelIds ?? [], devices: () => parts(selection?.deviceIds ?? []) };
  },
};

async function* devicesOf(campaigns: ThingClients["campaigns"], id: string, caller: Caller) {
  for (let pageToken = ""; ; ) {
    const wish = { id, state: "CAMPAIGN_DEVICE_STATE_UNSPECIFIED", pageSize: PAGE, pageToken } as const;
    const page = await campaigns.listCampaignDevices(wish, caller);
    yield page.devices.map(({ deviceId }) => deviceId);
    pageToken = page.nextPageToken;
    if (pageToken === "") return;
  }
}

async function* parts(ids: readonly string[]) {
  for (let start = 0; start < ids.length; start += PAGE) yield ids.slice(start, start + PAGE);
}
