import { type Campaign, type Counts, type Ended, type HaltReason, isOver, NONE_ENDED } from "./campaign.ts";

/** What can happen to a campaign. */
export type CampaignInput =
  /** Time passed: how all of its devices stand, and those of the wave that was asked last. */
  | { readonly kind: "look"; readonly whole: Counts; readonly wave: Counts }
  | { readonly kind: "approve" | "reject"; readonly by: string; readonly reason: string }
  | { readonly kind: "pause" }
  | { readonly kind: "resume"; readonly whole: Counts; readonly wave: Counts }
  | { readonly kind: "cancel" };

/** What follows. */
export type CampaignEvent =
  | { readonly type: "Started" | "Rejected"; readonly by: string; readonly reason: string }
  /** The devices of this wave that wait are asked now. */
  | { readonly type: "WaveAsked"; readonly wave: number }
  | { readonly type: "WavePassed"; readonly nextWaveAt: Date }
  | { readonly type: "Halted"; readonly reason: HaltReason }
  | { readonly type: "Paused" }
  | { readonly type: "Resumed"; readonly forgiven: Campaign["forgiven"] }
  | { readonly type: "Finished"; readonly state: "completed" | "cancelled" | "expired" };

/** What happens to a campaign: nothing when the input is late or makes no sense. */
export function decideCampaign(campaign: Campaign, input: CampaignInput, now: Date): readonly CampaignEvent[] {
  if (isOver(campaign)) return [];
  switch (input.kind) {
    case "look":
      return look(campaign, input, now);
    case "approve":
    case "reject":
      return campaign.state === "awaiting_approval"
        ? [{ type: input.kind === "approve" ? "Started" : "Rejected", by: input.by, reason: input.reason }]
        : [];
    case "pause":
      return campaign.state === "running" ? [{ type: "Paused" }] : [];
    case "resume":
      return resume(campaign, input, now);
    case "cancel":
      return [{ type: "Finished", state: "cancelled" }];
    default:
      return input satisfies never;
  }
}

const failuresIn = ({ expired, failed }: Counts): number => failed + expired;
const endedIn = (counts: Counts): Ended => {
  const failed = failuresIn(counts);
  return { failed, ended: counts.acknowledged + failed };
};
const openIn = ({ delivered, queued }: Counts): number => queued + delivered;

type Look = CampaignInput & { kind: "look" };

function look(campaign: Campaign, { wave, whole }: Look, now: Date): readonly CampaignEvent[] {
  const { approvalExpiresAt, expiresAt, nextWaveAt, pauseSeconds, state, waveSizes } = campaign;
  const lapsed = state === "awaiting_approval" && approvalExpiresAt !== undefined && approvalExpiresAt <= now;
  if (lapsed || expiresAt <= now) return [{ type: "Finished", state: "expired" }];
  if (state !== "running") return [];
  if (campaign.wave === 0) return [{ type: "WaveAsked", wave: 1 }];
  // What a pause took back is asked again.
  if (wave.waiting > 0) return [{ type: "WaveAsked", wave: campaign.wave }];
  // What fails late in a wave that has passed counts among all.
  const { forgiven } = campaign;
  if (tooManyFailed(campaign, wave, forgiven.wave) || tooManyFailed(campaign, whole, forgiven.whole))
    return [{ type: "Halted", reason: "failures" }];
  const isLast = campaign.wave === waveSizes.length;
  if (isLast) return openIn(whole) === 0 ? [{ type: "Finished", state: "completed" }] : [];
  const next: CampaignEvent = { type: "WaveAsked", wave: campaign.wave + 1 };
  if (nextWaveAt !== undefined) return nextWaveAt <= now ? [next] : [];
  if (hasSucceeded(campaign, wave)) {
    const passed: CampaignEvent = { type: "WavePassed", nextWaveAt: new Date(now.getTime() + pauseSeconds * 1_000) };
    return pauseSeconds === 0 ? [passed, next] : [passed];
  }
  return openIn(wave) === 0 ? [{ type: "Halted", reason: "success_not_reached" }] : [];
}

function tooManyFailed({ haltMinimum, haltPercent }: Campaign, of: Counts, forgiven: Ended): boolean {
  const now = endedIn(of);
  const failed = now.failed - forgiven.failed;
  const ended = now.ended - forgiven.ended;
  return failed >= haltMinimum && failed * 100 >= haltPercent * ended;
}

/** Devices that may not be asked, and commands that somebody withdrew, say nothing of the campaign. */
function hasSucceeded({ successPercent }: Campaign, wave: Counts): boolean {
  const asked = openIn(wave) + endedIn(wave).ended;
  return wave.acknowledged * 100 >= successPercent * asked;
}

function resume(
  { haltReason, pauseSeconds, state, wave: number, waveSizes }: Campaign,
  { wave, whole }: { readonly wave: Counts; readonly whole: Counts },
  now: Date,
): readonly CampaignEvent[] {
  if (state !== "paused" && state !== "halted") return [];
  const forgiven = { wave: endedIn(wave), whole: endedIn(whole) };
  const resumed: CampaignEvent = { type: "Resumed", forgiven };
  // Who lets it go on although a wave did not succeed wants the next.
  return haltReason === "success_not_reached" && number < waveSizes.length
    ? [resumed, { type: "WavePassed", nextWaveAt: new Date(now.getTime() + pauseSeconds * 1_000) }]
    : [resumed];
}

/** The campaign after what happened. */
export function evolveCampaign(campaign: Campaign, event: CampaignEvent, now: Date): Campaign {
  switch (event.type) {
    case "Started":
      return { ...campaign, state: "running", approvedBy: event.by, decisionReason: event.reason };
    case "Rejected":
      return { ...campaign, state: "rejected", rejectedBy: event.by, decisionReason: event.reason, endedAt: now };
    case "WaveAsked":
      return event.wave === campaign.wave
        ? campaign
        : {
            ...campaign,
            wave: event.wave,
            waveAt: now,
            nextWaveAt: undefined,
            forgiven: { ...campaign.forgiven, wave: NONE_ENDED },
          };
    case "WavePassed":
      return { ...campaign, nextWaveAt: event.nextWaveAt };
    case "Halted":
      return { ...campaign, state: "halted", haltReason: event.reason, withdrawing: "unfetched" };
    case "Paused":
      return { ...campaign, state: "paused", withdrawing: "unfetched" };
    case "Resumed":
      return { ...campaign, state: "running", haltReason: "", forgiven: event.forgiven };
    case "Finished":
      return {
        ...campaign,
        state: event.state,
        endedAt: now,
        withdrawing: event.state === "completed" || campaign.wave === 0 ? "" : "open",
      };
    default:
      return event satisfies never;
  }
}
