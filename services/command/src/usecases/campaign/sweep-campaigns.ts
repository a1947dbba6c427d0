import type { Campaign } from "../../domain/campaign/campaign.ts";
import { advance } from "../../domain/evolve.ts";
import { countDevices, lockWithdrawable, waitAgain } from "../../storage/campaign-devices.ts";
import { lockDueCampaign, putCampaignOff, saveCampaign } from "../../storage/campaigns.ts";
import type { CommandBatch } from "../../storage/command-batches.ts";
import { wake } from "../enqueue-commands.ts";
import type { CommandWork } from "../ports.ts";
import { byPlatform, recordSteps } from "../record-steps.ts";
import { advanceCampaign } from "./advance-campaign.ts";
import type { CampaignDeps } from "./campaign-deps.ts";

/** So many commands are withdrawn in one transaction. */
const WITHDRAWN_AT_ONCE = 2_000;
const AGAIN_AFTER_FAILURE_MS = 30_000;

/**
 * Looks at every campaign whose time has come, each in a transaction of its own that holds its row: two replicas never
 * look at the same one, and what one that dies was doing did not happen.
 */
export const sweepCampaigns = (deps: CampaignDeps) => async (): Promise<void> => {
  const { announcer, database, log, now } = deps;
  for (;;) {
    const held: { campaign?: Campaign } = {};
    try {
      const asked = await database.system(async (work) => {
        const campaign = await lockDueCampaign(work.sql, now());
        if (campaign === undefined) return undefined;
        held.campaign = campaign;
        return { tenant: campaign.tenant, batches: await lookAtCampaign(work, campaign, deps) };
      });
      if (asked === undefined) return;
      wake(announcer, asked.tenant, asked.batches);
    } catch (error) {
      const { campaign } = held;
      if (campaign === undefined) throw error;
      log.error({ err: error, tenant: campaign.tenant, campaign: campaign.id }, "campaign could not go on");
      const later = new Date(now().getTime() + AGAIN_AFTER_FAILURE_MS);
      await database.system((work) => putCampaignOff(work.sql, campaign, later));
    }
  }
};

async function lookAtCampaign(
  work: CommandWork,
  campaign: Campaign,
  deps: CampaignDeps,
): Promise<readonly CommandBatch[]> {
  if (campaign.withdrawing !== "") {
    await withdraw(work, campaign, deps);
    return [];
  }
  const { wave, whole } = await countDevices(work.sql, campaign);
  return (await advanceCampaign(work, campaign, { kind: "look", wave, whole }, whole, "", deps)).asked;
}

/** Withdraws a part of what is to be withdrawn. Devices of a campaign that may go on wait again. */
async function withdraw(work: CommandWork, campaign: Campaign, { newId, now }: CampaignDeps): Promise<void> {
  const at = now();
  const commands = await lockWithdrawable(work.sql, campaign, WITHDRAWN_AT_ONCE);
  const steps = commands.flatMap((command) => advance(command, { kind: "withdraw", withdrawalId: newId() }, at).steps);
  await recordSteps(work, steps, byPlatform);
  if (campaign.withdrawing === "unfetched")
    await waitAgain(
      work.sql,
      campaign,
      commands,
      commands.map(() => newId()),
    );
  if (commands.length === WITHDRAWN_AT_ONCE) return;
  const after: Campaign = { ...campaign, withdrawing: "" };
  // What was open at the end is counted as what became of it.
  const counted =
    campaign.endedAt === undefined ? after : { ...after, counts: (await countDevices(work.sql, after)).whole };
  await saveCampaign(work.sql, counted, at);
}
