import type { Campaign, Counts } from "../../domain/campaign/campaign.ts";
import type { CommandWork } from "../ports.ts";
import { campaignMessage } from "./campaign-message.ts";

type Told = "CampaignProposed" | "CampaignStarted" | "CampaignAdvanced" | "CampaignHalted" | "CampaignFinished";

/** Tells on the bus what happened to a campaign; nobody did it when the platform itself did. */
export function tell(work: CommandWork, what: Told, campaign: Campaign, actor: string, counts?: Counts): void {
  const { tenant, traceparent } = campaign;
  work.emit({
    type: `muster.command.v1.${what}`,
    tenant,
    actor,
    trace: traceparent === "" ? {} : { traceparent },
    data: { campaign: campaignMessage(campaign, counts) },
  });
}
