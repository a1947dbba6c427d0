import type { Caller } from "@muster/rpc/caller";
import type { Campaign, Counts } from "../../domain/campaign/campaign.ts";
import type { CampaignInput } from "../../domain/campaign/decide-campaign.ts";
import { checkReason } from "../../domain/order.ts";
import { refuse } from "../../domain/refusals.ts";
import { countDevices } from "../../storage/campaign-devices.ts";
import { findCampaign, lockCampaign } from "../../storage/campaigns.ts";
import type { Database } from "../ports.ts";
import { advanceCampaign } from "./advance-campaign.ts";
import type { CampaignDeps } from "./campaign-deps.ts";

export interface CountedCampaign {
  readonly campaign: Campaign;
  readonly counts: Counts;
}

const unknown = (id: string) => refuse("campaign.unknown", `there is no campaign ${id}`);

export type Act = "approve" | "reject" | "pause" | "resume" | "cancel";

interface Acted {
  readonly id: string;
  /** What whoever approves or rejects it says of it. */
  readonly reason?: string;
}

/** What an administrator does with a campaign that is there. */
export const controlCampaign =
  (deps: CampaignDeps) =>
  (act: Act, { id, reason = "" }: Acted, { actor, person = actor, tenant }: Caller): Promise<CountedCampaign> =>
    deps.database.tenant(tenant, async (work) => {
      const campaign = await lockCampaign(work.sql, tenant, id);
      if (campaign === undefined) throw unknown(id);
      const decides = act === "approve" || act === "reject";
      if (decides && (campaign.createdBy === actor || campaign.proposedBy === person))
        throw refuse("campaign.own", `somebody else has to ${act} the campaign: you made it`);
      const { wave, whole } = await countDevices(work.sql, campaign);
      const input: CampaignInput = decides
        ? { kind: act, by: actor, reason: checkReason(reason) }
        : act === "resume"
          ? { kind: act, wave, whole }
          : { kind: act };
      const { campaign: after, changed } = await advanceCampaign(work, campaign, input, whole, actor, deps);
      if (!changed && !isAsWanted(campaign, act))
        throw refuse("campaign.wrong_state", `the campaign is ${campaign.state}: it cannot ${act} now`);
      return { campaign: after, counts: whole };
    });

/** A request that is repeated changes nothing, and is no mistake. */
const isAsWanted = ({ approvedBy, state }: Campaign, act: Act): boolean =>
  (act === "approve" && approvedBy !== "") ||
  (act === "reject" && state === "rejected") ||
  (act === "pause" && state === "paused") ||
  (act === "resume" && state === "running") ||
  (act === "cancel" && state === "cancelled");

/** A campaign, and how its devices stand now. */
export const getCampaign = (database: Database, tenant: string, id: string): Promise<CountedCampaign> =>
  database.tenant(tenant, async (work) => {
    const campaign = await findCampaign(work.sql, tenant, id);
    if (campaign === undefined) throw unknown(id);
    return { campaign, counts: campaign.counts ?? (await countDevices(work.sql, campaign)).whole };
  });
