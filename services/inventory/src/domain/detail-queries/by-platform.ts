import { Ownership, Platform } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import { mayCollect } from "../personal-devices.ts";
import { APPLE_DETAILS } from "./apple.ts";
import type { DetailQuery } from "./detail-query.ts";
import { FIRST_QUERIES } from "./every-platform.ts";
import { LINUX_QUERIES } from "./linux.ts";
import { MACOS_QUERIES } from "./macos.ts";
import { WINDOWS_QUERIES } from "./windows.ts";

const QUERIES: Record<Platform, readonly DetailQuery[]> = {
  [Platform.PLATFORM_UNSPECIFIED]: FIRST_QUERIES,
  [Platform.PLATFORM_LINUX]: LINUX_QUERIES,
  [Platform.PLATFORM_MACOS]: MACOS_QUERIES,
  [Platform.PLATFORM_WINDOWS]: WINDOWS_QUERIES,
  [Platform.PLATFORM_CHROMEOS]: FIRST_QUERIES,
  // No osquery runs there.
  [Platform.PLATFORM_IOS]: [],
  [Platform.PLATFORM_IPADOS]: [],
  [Platform.PLATFORM_TVOS]: [],
  [Platform.PLATFORM_VISIONOS]: [],
  [Platform.PLATFORM_WATCHOS]: [],
};

/** What a device is asked for its facts: everything its platform has, or what may be known of a personal device. */
export const detailQueriesFor = (platform: Platform, ownership: Ownership): readonly DetailQuery[] =>
  ownership === Ownership.OWNERSHIP_PERSONAL
    ? QUERIES[platform].filter(({ fact }) => mayCollect(fact))
    : QUERIES[platform];

const APPLE: ReadonlySet<Platform> = new Set([
  Platform.PLATFORM_MACOS,
  Platform.PLATFORM_IOS,
  Platform.PLATFORM_IPADOS,
  Platform.PLATFORM_TVOS,
  Platform.PLATFORM_VISIONOS,
  Platform.PLATFORM_WATCHOS,
]);

/** How the answer to a detail is read; who asks it is another matter. */
export type DetailShape = Omit<DetailQuery, "sql">;

const BY_FACT = new Map<Platform, ReadonlyMap<string, DetailShape>>(
  (Object.keys(QUERIES) as Platform[]).map((platform) => [
    platform,
    new Map([...QUERIES[platform], ...(APPLE.has(platform) ? APPLE_DETAILS : [])].map((query) => [query.fact, query])),
  ]),
);

export const detailQuery = (platform: Platform, fact: string): DetailShape | undefined =>
  BY_FACT.get(platform)?.get(fact);

/** The platform in the words of osquery's os_version.platform; nothing when it is none we know. */
export function platformOf(osqueryPlatform: string): Platform {
  const word = osqueryPlatform.toLowerCase();
  if (word === "darwin" || word === "macos") return Platform.PLATFORM_MACOS;
  if (word === "windows") return Platform.PLATFORM_WINDOWS;
  if (word === "chrome" || word === "chromeos") return Platform.PLATFORM_CHROMEOS;
  return word === "" ? Platform.PLATFORM_UNSPECIFIED : Platform.PLATFORM_LINUX;
}
