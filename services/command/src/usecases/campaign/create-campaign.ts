import { currentTrace, keepTrace } from "@muster/host/telemetry";
import type { Caller } from "@muster/rpc/caller";
import { validate as isUuid } from "uuid";
import { isDestructive } from "../../domain/campaign/approval.ts";
import { type Campaign, NONE_ENDED } from "../../domain/campaign/campaign.ts";
import { checkPace, MAX_CAMPAIGN_DEVICES, type RawPace, writeOrder } from "../../domain/campaign/campaign-order.ts";
import { checkOrder, type RawOrder } from "../../domain/order.ts";
import { refuse } from "../../domain/refusals.ts";
import { insertCampaignDevices } from "../../storage/campaign-devices.ts";
import { insertCampaign } from "../../storage/campaigns.ts";
import { findScript } from "../../storage/scripts.ts";
import { holdAllowance } from "../ask-alone.ts";
import type { CommandWork } from "../ports.ts";
import type { CampaignDeps } from "./campaign-deps.ts";
import { tell } from "./tell-campaign.ts";

const APPROVAL_WITHIN_MS = 24 * 3_600_000;

/** Makes a campaign. What is weighty for more devices than are left to whoever asks waits until a second person approves it. */
export const createCampaign =
  ({ approvalAbove, database, newId, now, sealOrder }: CampaignDeps) =>
  async (raw: RawOrder, pace: RawPace, caller: Caller): Promise<Campaign> => {
    const { actor, person = actor, tenant } = caller;
    const { deviceIds, ...order } = checkOrder(raw, MAX_CAMPAIGN_DEVICES);
    const stranger = deviceIds.find((id) => !isUuid(id));
    if (stranger !== undefined) throw refuse("command.bad_request", `"${stranger}" is not a device's id`);
    const { expiresInSeconds, ...checked } = checkPace(pace, deviceIds.length);
    if (isDestructive(order)) keepTrace();
    return database.tenant(tenant, async (work) => {
      const createdAt = now();
      const allowance = await holdAllowance(work, { ...order, deviceIds }, caller, approvalAbove, createdAt);
      const waits = allowance?.suffices === false;
      if (waits && order.reason.trim() === "")
        throw refuse(
          "campaign.no_reason",
          "a second person has to approve the campaign: say in reason why it is needed",
        );
      const campaign: Campaign = {
        ...checked,
        tenant,
        id: newId(),
        state: waits ? "awaiting_approval" : "running",
        type: order.type,
        requestType: order.apple?.requestType ?? "",
        deviceCount: deviceIds.length,
        wave: 0,
        waveAt: undefined,
        nextWaveAt: undefined,
        haltReason: "",
        forgiven: { wave: NONE_ENDED, whole: NONE_ENDED },
        reason: order.reason,
        createdBy: actor,
        proposedBy: person,
        traceparent: currentTrace().traceparent ?? "",
        createdAt,
        approvedBy: "",
        rejectedBy: "",
        decisionReason: "",
        approvalExpiresAt: waits ? new Date(createdAt.getTime() + APPROVAL_WITHIN_MS) : undefined,
        expiresAt: new Date(createdAt.getTime() + expiresInSeconds * 1_000),
        endedAt: undefined,
        counts: undefined,
        withdrawing: "",
      };
      const sealed = sealOrder(campaign, writeOrder({ ...order, script: await scriptNow(work, tenant, order.script) }));
      await insertCampaign(work.sql, campaign, sealed, createdAt);
      await insertCampaignDevices(
        work.sql,
        campaign,
        deviceIds,
        deviceIds.map(() => newId()),
      );
      if (!waits) await allowance?.note(deviceIds);
      tell(work, waits ? "CampaignProposed" : "CampaignStarted", campaign, actor);
      return campaign;
    });
  };

/** A saved script as it is now: what is approved, and tried on the first wave, is what the last wave gets. */
async function scriptNow(work: CommandWork, tenant: string, script: RawOrder["script"]): Promise<RawOrder["script"]> {
  if (script === undefined || script.scriptId === "") return script;
  const saved = await findScript(work.sql, tenant, script.scriptId);
  if (saved === undefined) throw refuse("script.unknown", `there is no script ${script.scriptId}`);
  return { ...script, content: saved.content };
}
