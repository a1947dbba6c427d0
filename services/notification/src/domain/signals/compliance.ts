/** News of one ground on which a device complies or not: a policy, or whether it is managed at all. */
export interface GroundNews {
  readonly tenant: string;
  readonly deviceId: string;
  readonly ground: string;
  readonly version: number;
  readonly breaks: boolean;
  /** Whether the other grounds fall with it, since nobody judges the device any more. */
  readonly clearsOthers: boolean;
  readonly eventId: string;
  readonly at: Date;
  readonly initiator: "policy" | "system";
  /** What happened, for an administrator and for the person in front of the device. */
  readonly reasonAdmin: string;
  readonly reasonUser: string;
}

/** A device that complied and does no more, or the other way round. */
export interface ComplianceFlip {
  readonly compliant: boolean;
  readonly cause: GroundNews;
}

/**
 * Parts news so that no part has two of the same device: within a part they can be applied at once, and a device that breaks and
 * heals in one go is told of twice.
 */
export function rounds(news: readonly GroundNews[]): GroundNews[][] {
  const parts: GroundNews[][] = [];
  const seen = new Map<string, number>();
  for (const each of news) {
    const device = `${each.tenant}/${each.deviceId}`;
    const round = seen.get(device) ?? 0;
    seen.set(device, round + 1);
    (parts[round] ??= []).push(each);
  }
  return parts;
}
