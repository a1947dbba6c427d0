import {
  type CampaignDevice,
  CampaignDeviceState,
  type CampaignState,
} from "@muster/contracts/gen/muster/command/v1/campaign";
import type { CampaignServiceServer } from "@muster/contracts/gen/muster/command/v1/campaign_service";
import { decodePageToken, pageSize, toPage } from "@muster/postgres/page";
import type { Caller } from "@muster/rpc/caller";
import type { Methods } from "@muster/rpc/server";
import { validate as isUuid } from "uuid";
import type { Campaign } from "../domain/campaign/campaign.ts";
import { MAX_CAMPAIGN_DEVICES } from "../domain/campaign/campaign-order.ts";
import { refuse } from "../domain/refusals.ts";
import { type CampaignDeviceRow, type DeviceFilter, listCampaignDevices } from "../storage/campaign-devices.ts";
import { listCampaigns } from "../storage/campaigns.ts";
import type { CampaignDeps } from "../usecases/campaign/campaign-deps.ts";
import { CAMPAIGN_STATES, campaignMessage } from "../usecases/campaign/campaign-message.ts";
import { type Act, controlCampaign, getCampaign } from "../usecases/campaign/control-campaign.ts";
import { createCampaign } from "../usecases/campaign/create-campaign.ts";
import { type AskInventory, selectedDevices } from "../usecases/select-devices.ts";
import { rawOrder } from "./command-service.ts";

const STATES = new Map(
  Object.entries(CAMPAIGN_STATES).map(([state, name]): [CampaignState, Campaign["state"]] => [
    name,
    state as Campaign["state"],
  ]),
);

const DEVICE_STATES: ReadonlyMap<CampaignDeviceState, DeviceFilter> = new Map([
  [CampaignDeviceState.CAMPAIGN_DEVICE_STATE_WAITING, "waiting"],
  [CampaignDeviceState.CAMPAIGN_DEVICE_STATE_REFUSED, "refused"],
  [CampaignDeviceState.CAMPAIGN_DEVICE_STATE_OPEN, "open"],
  [CampaignDeviceState.CAMPAIGN_DEVICE_STATE_ACKNOWLEDGED, "acknowledged"],
  [CampaignDeviceState.CAMPAIGN_DEVICE_STATE_FAILED, "failed"],
  [CampaignDeviceState.CAMPAIGN_DEVICE_STATE_EXPIRED, "expired"],
  [CampaignDeviceState.CAMPAIGN_DEVICE_STATE_CANCELLED, "cancelled"],
]);

const DEVICE_STATE_NAMES = {
  queued: CampaignDeviceState.CAMPAIGN_DEVICE_STATE_OPEN,
  delivered: CampaignDeviceState.CAMPAIGN_DEVICE_STATE_OPEN,
  running: CampaignDeviceState.CAMPAIGN_DEVICE_STATE_OPEN,
  acknowledged: CampaignDeviceState.CAMPAIGN_DEVICE_STATE_ACKNOWLEDGED,
  failed: CampaignDeviceState.CAMPAIGN_DEVICE_STATE_FAILED,
  expired: CampaignDeviceState.CAMPAIGN_DEVICE_STATE_EXPIRED,
  cancelled: CampaignDeviceState.CAMPAIGN_DEVICE_STATE_CANCELLED,
} as const satisfies Record<NonNullable<CampaignDeviceRow["state"]>, CampaignDeviceState>;

const stateOf = ({ refusal, state }: CampaignDeviceRow): CampaignDeviceState => {
  if (state !== null) return DEVICE_STATE_NAMES[state];
  return refusal === ""
    ? CampaignDeviceState.CAMPAIGN_DEVICE_STATE_WAITING
    : CampaignDeviceState.CAMPAIGN_DEVICE_STATE_REFUSED;
};

const deviceMessage = (row: CampaignDeviceRow): CampaignDevice => ({
  deviceId: row.device_id,
  wave: row.wave,
  state: stateOf(row),
  commandId: row.command_id ?? "",
  reason: row.refusal || (row.failure ?? ""),
  endedAt: row.ended_at ?? undefined,
});

export function campaignMethods(
  deps: CampaignDeps & { readonly askInventory: AskInventory },
): Methods<CampaignServiceServer> {
  const create = createCampaign(deps);
  const control = controlCampaign(deps);
  const act = async (what: Act, { id, ...rest }: { readonly id: string; readonly reason?: string }, caller: Caller) => {
    const { campaign, counts } = await control(what, { ...rest, id: campaignId(id) }, caller);
    return { campaign: campaignMessage(campaign, counts) };
  };
  return {
    createCampaign: async (request, caller) => {
      const { commandExpiresInSeconds, selection } = request;
      if (selection === undefined) throw refuse("command.bad_request", "selection is missing: name the devices");
      const deviceIds = await selectedDevices(deps.askInventory, selection, caller, MAX_CAMPAIGN_DEVICES);
      const order = rawOrder({ ...request, expiresInSeconds: commandExpiresInSeconds }, deviceIds);
      return { campaign: campaignMessage(await create(order, request, caller)) };
    },
    getCampaign: async ({ id }, { tenant }) => {
      const { campaign, counts } = await getCampaign(deps.database, tenant, campaignId(id));
      return { campaign: campaignMessage(campaign, counts) };
    },
    listCampaigns: async (request, { tenant }) => {
      const size = pageSize(request.pageSize);
      const [before] = decodePageToken(request.pageToken, 1) ?? [];
      if (before !== undefined) campaignId(before);
      const filter = { before, state: STATES.get(request.state) };
      const rows = await deps.database.tenant(tenant, (work) => listCampaigns(work.sql, tenant, filter, size + 1));
      const page = toPage(rows, size, ({ id }) => [id]);
      return { campaigns: page.rows.map((campaign) => campaignMessage(campaign)), nextPageToken: page.nextPageToken };
    },
    listCampaignDevices: async (request, { tenant }) => {
      const id = campaignId(request.id);
      const size = pageSize(request.pageSize);
      const [wave = "", deviceId = ""] = decodePageToken(request.pageToken, 2) ?? [];
      if (wave !== "" && (!/^\d{1,3}$/.test(wave) || !isUuid(deviceId)))
        throw refuse("command.bad_request", "page_token is not one that this list gave");
      const filter = {
        after: wave === "" ? undefined : ([wave, deviceId] as const),
        state: DEVICE_STATES.get(request.state),
      };
      const rows = await deps.database.tenant(tenant, (work) =>
        listCampaignDevices(work.sql, tenant, id, filter, size + 1),
      );
      const page = toPage(rows, size, (last) => [String(last.wave), last.device_id]);
      return { devices: page.rows.map(deviceMessage), nextPageToken: page.nextPageToken };
    },
    pauseCampaign: (request, caller) => act("pause", request, caller),
    resumeCampaign: (request, caller) => act("resume", request, caller),
    cancelCampaign: (request, caller) => act("cancel", request, caller),
    approveCampaign: (request, caller) => act("approve", request, caller),
    rejectCampaign: (request, caller) => act("reject", request, caller),
  };
}

function campaignId(raw: string): string {
  if (!isUuid(raw)) throw refuse("campaign.unknown", `there is no campaign ${raw}`);
  return raw.toLowerCase();
}
