import { Uuids } from "@muster/postgres/uuids";
import type { Campaign, Counts } from "../../domain/campaign/campaign.ts";
import { readOrder } from "../../domain/campaign/campaign-order.ts";
import {
  type CampaignEvent,
  type CampaignInput,
  decideCampaign,
  evolveCampaign,
} from "../../domain/campaign/decide-campaign.ts";
import { refuseDevices, waitingDevices } from "../../storage/campaign-devices.ts";
import { findSealedOrder, saveCampaign } from "../../storage/campaigns.ts";
import type { CommandBatch } from "../../storage/command-batches.ts";
import { askDevices } from "../ask-devices.ts";
import type { CommandWork } from "../ports.ts";
import type { CampaignDeps } from "./campaign-deps.ts";
import { tell } from "./tell-campaign.ts";

export interface Advanced {
  readonly campaign: Campaign;
  /** Whether anything happened. */
  readonly changed: boolean;
  /** The commands that were added. */
  readonly asked: readonly CommandBatch[];
}

/** Decides what happens to a campaign that is locked, and does it: its state, its commands and what is told are one transaction. */
export async function advanceCampaign(
  work: CommandWork,
  before: Campaign,
  input: CampaignInput,
  counts: Counts,
  actor: string,
  deps: CampaignDeps,
): Promise<Advanced> {
  const at = deps.now();
  const asked: CommandBatch[] = [];
  let campaign = before;
  const events = decideCampaign(before, input, at);
  for (const event of events) {
    campaign = evolveCampaign(campaign, event, at);
    if (event.type === "Finished" || event.type === "Rejected") campaign = { ...campaign, counts };
    if (event.type === "WaveAsked") asked.push(...(await askWave(work, campaign, event.wave, at, deps)));
    tellEvent(work, event, campaign, counts, actor);
  }
  await saveCampaign(work.sql, campaign, at);
  return { campaign, changed: events.length > 0, asked };
}

/** Asks the devices of a wave that were not asked yet. */
async function askWave(
  work: CommandWork,
  campaign: Campaign,
  wave: number,
  createdAt: Date,
  { newId, openOrder, sealBody }: CampaignDeps,
): Promise<readonly CommandBatch[]> {
  const { createdBy, expiresAt, id, tenant, traceparent } = campaign;
  const waiting = await waitingDevices(work.sql, campaign, wave);
  const order = readOrder(openOrder(campaign, await findSealedOrder(work.sql, campaign)));
  const ownEnd = createdAt.getTime() + order.expiresInSeconds * 1_000;
  const { added, refused } = await askDevices(
    work,
    {
      tenant,
      order,
      deviceIds: Uuids.of([...waiting.keys()]),
      idFor: (deviceId) => waiting.get(deviceId) ?? newId(),
      createdBy,
      traceparent,
      createdAt,
      expiresAt: new Date(Math.min(ownEnd, expiresAt.getTime())),
      campaign: { campaignId: id, wave },
    },
    { newId, seal: sealBody },
  );
  for (const { code, deviceIds } of refused)
    await refuseDevices(work.sql, campaign, wave, { code, deviceIds: deviceIds.texts() });
  return added;
}

function tellEvent(work: CommandWork, event: CampaignEvent, campaign: Campaign, counts: Counts, actor: string): void {
  switch (event.type) {
    case "Started":
      return tell(work, "CampaignStarted", campaign, actor);
    case "WaveAsked":
      return tell(work, "CampaignAdvanced", campaign, actor);
    case "Halted":
      return tell(work, "CampaignHalted", campaign, actor, counts);
    case "Finished":
    case "Rejected":
      return tell(work, "CampaignFinished", campaign, actor, counts);
    case "Paused":
    case "Resumed":
    case "WavePassed":
      return;
    default:
      event satisfies never;
  }
}
