import type { Order } from "../order.ts";
import { refuse } from "../refusals.ts";

export const MAX_CAMPAIGN_DEVICES = 500_000;
const MAX_WAVES = 100;
const MAX_NAME = 200;
const MAX_PAUSE_SECONDS = 7 * 24 * 3_600;
const MAX_EXPIRY_SECONDS = 30 * 24 * 3_600;
const DEFAULT_SUCCESS_PERCENT = 90;
const DEFAULT_HALT_PERCENT = 10;
const DEFAULT_HALT_MINIMUM = 5;

/** How many devices a wave asks: so many, or so many of a hundred. */
export interface WaveOrder {
  readonly count: number;
  readonly percent: number;
}

/** How a campaign goes, checked. */
export interface Pace {
  readonly name: string;
  readonly waveSizes: readonly number[];
  readonly pauseSeconds: number;
  readonly successPercent: number;
  readonly haltPercent: number;
  readonly haltMinimum: number;
  readonly expiresInSeconds: number;
}

export interface RawPace extends Omit<Pace, "waveSizes"> {
  readonly waves: readonly WaveOrder[];
}

const bad = (message: string) => refuse("command.bad_request", message);

/** Reads how a campaign is to go, and fills in what was left open. */
export function checkPace(raw: RawPace, devices: number): Pace {
  const { expiresInSeconds, haltMinimum, haltPercent, name, pauseSeconds, successPercent, waves } = raw;
  if (name.trim() === "" || name.length > MAX_NAME || name.includes("\0"))
    throw bad(`name has 1 to ${MAX_NAME} characters of text`);
  if (waves.length > MAX_WAVES) throw bad(`waves has ${waves.length} waves, at most ${MAX_WAVES} are possible`);
  within("pause_seconds", pauseSeconds, MAX_PAUSE_SECONDS);
  within("success_percent", successPercent, 100);
  within("halt_percent", haltPercent, 100);
  within("halt_minimum", haltMinimum, MAX_CAMPAIGN_DEVICES);
  within("expires_in_seconds", expiresInSeconds, MAX_EXPIRY_SECONDS);
  return {
    name,
    waveSizes: waveSizes(waves, devices),
    pauseSeconds,
    successPercent: successPercent || DEFAULT_SUCCESS_PERCENT,
    haltPercent: haltPercent || DEFAULT_HALT_PERCENT,
    haltMinimum: haltMinimum || DEFAULT_HALT_MINIMUM,
    expiresInSeconds: expiresInSeconds || MAX_EXPIRY_SECONDS,
  };
}

function within(name: string, value: number, most: number): void {
  if (!(value >= 0 && value <= most)) throw bad(`${name} is 0 to ${most}`);
}

/** The sizes of the waves: none is empty, and the last takes all that are left. */
export function waveSizes(waves: readonly WaveOrder[], devices: number): number[] {
  const sizes: number[] = [];
  let left = devices;
  for (const { count, percent } of waves) {
    if (count < 0 || !(percent >= 0 && percent <= 100) || count > 0 === percent > 0)
      throw bad("each of waves has either a count or a percent, above 0");
    const size = Math.min(left, count > 0 ? count : Math.ceil((devices * percent) / 100));
    if (size > 0) sizes.push(size);
    left -= size;
  }
  if (sizes.length === 0) return [devices];
  sizes.push((sizes.pop() ?? 0) + left);
  return sizes;
}

/** What each device is asked, as it is sealed. */
export type CampaignOrder = Omit<Order, "deviceIds">;

/** JSON knows no bytes: they travel as base64. */
export const writeOrder = (order: CampaignOrder): string =>
  JSON.stringify({
    ...order,
    wipe: order.wipe && { ...order.wipe, wifiProfile: Buffer.from(order.wipe.wifiProfile).toString("base64") },
  });

export function readOrder(text: string): CampaignOrder {
  const order = JSON.parse(text) as CampaignOrder & { readonly wipe?: { readonly wifiProfile: unknown } };
  if (order.wipe === undefined) return order;
  return { ...order, wipe: { ...order.wipe, wifiProfile: Buffer.from(String(order.wipe.wifiProfile), "base64") } };
}
