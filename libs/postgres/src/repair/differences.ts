import { minuteOf, timeOf } from "./event-time.ts";

/** What stands for the events of one minute: how many, and their ids added up without carry. */
export interface Digest {
  readonly count: number;
  readonly sum: bigint;
}

/** Digests by the minute in which they begin; minutes without events are left out. */
export type Digests = ReadonlyMap<number, Digest>;

export const addDigests = (one: Digest | undefined, other: Digest): Digest =>
  one === undefined ? other : { count: one.count + other.count, sum: one.sum ^ other.sum };

/** The minutes whose events are not the same on both sides, oldest first. */
export function differingMinutes(heard: Digests, told: Digests): number[] {
  const minutes = [...new Set([...heard.keys(), ...told.keys()])].sort((one, other) => one - other);
  return minutes.filter((minute) => {
    const [mine, theirs] = [heard.get(minute), told.get(minute)];
    return mine?.count !== theirs?.count || mine?.sum !== theirs?.sum;
  });
}

/** How far a consumer has come, and since when it has not gone on. */
export interface Progress {
  /** The newest event it heard; empty when it heard none. */
  readonly head: string;
  readonly since: number;
}

/**
 * After this time an event has had its chance: it was told, delivered, and delivered again when the first to get it died.
 * Longer than the bus waits for an acknowledgement.
 */
export const SETTLE_MS = 45_000;

/** What was passed over may still be in the hands of another replica for so long. */
const IN_HAND_MS = 15_000;

export const progressTo = (before: Progress | undefined, head: string, now: number): Progress =>
  before !== undefined && head <= before.head ? before : { head, since: now };

const standsStill = ({ since }: Progress, now: number): boolean => now - since >= SETTLE_MS;

/**
 * Tells loss from lag. The bus delivers in order: an event that is older than the newest one heard, and is still missing
 * a while after that was seen, was passed over and is lost. A newer one is only late while the consumer goes on; when it
 * has stood still for a while, that one is lost as well.
 */
export const isLost = (id: string, progress: Progress, missingSince: number, now: number): boolean =>
  standsStill(progress, now) || (id < progress.head && now - missingSince >= IN_HAND_MS);

/** Whether anything of a minute can be lost; `missingSince` is when something of it was first seen to be missing. */
export const mayBeLost = (minute: number, progress: Progress, missingSince: number | undefined, now: number): boolean =>
  minute <= reach(progress, now) && (missingSince === undefined || isLost("", progress, missingSince, now));

/** Up to which minute events can be lost: what is newer is only late. */
export const reach = (progress: Progress, now: number): number => {
  if (standsStill(progress, now)) return now;
  return progress.head === "" ? 0 : minuteOf(timeOf(progress.head));
};

export interface IdDifference {
  /** Told, and not heard. */
  readonly missing: readonly string[];
  /** Heard, and not told. */
  readonly extra: readonly string[];
}

export function differenceOf(heard: readonly string[], told: readonly string[]): IdDifference {
  const [mine, theirs] = [new Set(heard), new Set(told)];
  return { missing: told.filter((id) => !mine.has(id)), extra: heard.filter((id) => !theirs.has(id)) };
}
