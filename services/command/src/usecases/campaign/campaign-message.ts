import { type Campaign as CampaignMessage, CampaignState } from "@muster/contracts/gen/muster/command/v1/campaign";
import type { Campaign, Counts } from "../../domain/campaign/campaign.ts";
import { TYPE_NAMES } from "../command-message.ts";

export const CAMPAIGN_STATES = {
  awaiting_approval: CampaignState.CAMPAIGN_STATE_AWAITING_APPROVAL,
  running: CampaignState.CAMPAIGN_STATE_RUNNING,
  paused: CampaignState.CAMPAIGN_STATE_PAUSED,
  halted: CampaignState.CAMPAIGN_STATE_HALTED,
  completed: CampaignState.CAMPAIGN_STATE_COMPLETED,
  cancelled: CampaignState.CAMPAIGN_STATE_CANCELLED,
  expired: CampaignState.CAMPAIGN_STATE_EXPIRED,
  rejected: CampaignState.CAMPAIGN_STATE_REJECTED,
} as const satisfies Record<Campaign["state"], CampaignState>;

/** A campaign as it is told. Counts that were taken now stand for those of its end. */
export const campaignMessage = (campaign: Campaign, counts: Counts | undefined = campaign.counts): CampaignMessage => ({
  id: campaign.id,
  name: campaign.name,
  state: CAMPAIGN_STATES[campaign.state],
  type: TYPE_NAMES[campaign.type],
  requestType: campaign.requestType,
  deviceCount: campaign.deviceCount,
  waveSizes: [...campaign.waveSizes],
  wave: campaign.wave,
  nextWaveAt: campaign.nextWaveAt,
  pauseSeconds: campaign.pauseSeconds,
  successPercent: campaign.successPercent,
  haltPercent: campaign.haltPercent,
  haltMinimum: campaign.haltMinimum,
  haltReason: campaign.haltReason,
  reason: campaign.reason,
  createdBy: campaign.createdBy,
  createdAt: campaign.createdAt,
  approvedBy: campaign.approvedBy,
  expiresAt: campaign.expiresAt,
  approvalExpiresAt: campaign.approvalExpiresAt,
  endedAt: campaign.endedAt,
  counts,
  rejectedBy: campaign.rejectedBy,
  decisionReason: campaign.decisionReason,
  proposedBy: campaign.proposedBy,
});
