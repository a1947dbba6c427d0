import type { Software } from "./software.ts";

/** What osquery says is on a Mac, and what Apple's protocol says is on it. */
const OSQUERY = "app";
const APPLE = "apple_app";

export interface ToldSoftware extends Software {
  /** Who says that it is there. */
  readonly sources: readonly string[];
}

/**
 * Each program once: one that osquery and Apple's protocol both name, by the same bundle identifier and version, is told as
 * osquery names it, with both as its sources.
 */
export function onceEach<Item extends Software>(items: readonly Item[]): (Item & ToldSoftware)[] {
  const bundles = (source: string) => new Set(items.filter((item) => item.source === source).flatMap(bundleOf));
  const [osquery, apple] = [bundles(OSQUERY), bundles(APPLE)];
  const isIn = (set: ReadonlySet<string>, item: Item) => bundleOf(item).some((bundle) => set.has(bundle));
  return items
    .filter((item) => item.source !== APPLE || !isIn(osquery, item))
    .map((item) => ({
      ...item,
      sources: item.source === OSQUERY && isIn(apple, item) ? [OSQUERY, APPLE] : [item.source],
    }));
}

const bundleOf = ({ vendor, version }: Software): string[] => (vendor === "" ? [] : [`${vendor}\u001f${version}`]);
