/** Counting takes at most one part in so many of a processor, however many ask and however large the fleet is. */
const SHARE = 20;

interface Counted<T> {
  readonly counts: Promise<T>;
  /** Until when they are told again; not set while they are counted. */
  until: number;
}

/**
 * Counts of a tenant's devices that are told again for a while: the longer counting takes, the longer. Who asks while
 * they are counted waits for the same counts.
 * @param clock milliseconds, as performance.now tells them.
 */
export function recentCounts<T>(
  count: (tenant: string) => Promise<T>,
  clock: () => number,
): (tenant: string) => Promise<T> {
  const known = new Map<string, Counted<T>>();
  return (tenant) => {
    const before = known.get(tenant);
    const begun = clock();
    if (before !== undefined && begun < before.until) return before.counts;
    const counted: Counted<T> = { counts: count(tenant), until: Number.POSITIVE_INFINITY };
    known.set(tenant, counted);
    counted.counts.then(
      () => {
        const ended = clock();
        counted.until = ended + (ended - begun) * SHARE;
      },
      () => known.delete(tenant),
    );
    return counted.counts;
  };
}
