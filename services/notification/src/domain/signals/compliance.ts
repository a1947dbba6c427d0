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

interface Ground {
  readonly version: number;
  readonly breaks: boolean;
}

/** What is held of a device. */
export interface DeviceCompliance {
  /** As it was last told; a device of which nothing was, complies. */
  readonly compliant: boolean;
  /** At least those that break its compliance, and those that news is about. */
  readonly grounds: ReadonlyMap<string, Ground>;
}

/** A device that complied and does no more, or the other way round. */
export interface ComplianceFlip {
  readonly compliant: boolean;
  readonly cause: GroundNews;
}

/**
 * What becomes of a device by news in the order of its arrival, and each flip on the way. News that is not newer than what is held
 * changes nothing, so it may come twice and in any order.
 */
export function hearNews(
  held: DeviceCompliance,
  news: readonly GroundNews[],
): DeviceCompliance & { readonly flips: readonly ComplianceFlip[] } {
  const grounds = new Map(held.grounds);
  const flips: ComplianceFlip[] = [];
  let { compliant } = held;
  for (const cause of news) {
    const { ground, version, breaks } = cause;
    if ((grounds.get(ground)?.version ?? -1) >= version) continue;
    if (cause.clearsOthers) for (const [name, other] of grounds) grounds.set(name, { ...other, breaks: false });
    grounds.set(ground, { version, breaks });
    if (![...grounds.values()].some((each) => each.breaks) === compliant) continue;
    compliant = !compliant;
    flips.push({ compliant, cause });
  }
  return { compliant, grounds, flips };
}
