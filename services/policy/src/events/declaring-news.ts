import { Ownership, Platform, Status } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import type { HeardEvent } from "@muster/postgres/listen";
import type { ApplePlatform } from "../domain/declarations/catalogue.ts";
import type { DeclaringNews } from "../storage/declarations/declaring-devices.ts";
import type { DeviceKey } from "../storage/devices.ts";

const PLATFORMS: Partial<Record<Platform, ApplePlatform>> = {
  [Platform.PLATFORM_MACOS]: "macos",
  [Platform.PLATFORM_IOS]: "ios",
  // Apple's documentation counts the iPad's system as iOS.
  [Platform.PLATFORM_IPADOS]: "ios",
  [Platform.PLATFORM_TVOS]: "tvos",
  [Platform.PLATFORM_VISIONOS]: "visionos",
  [Platform.PLATFORM_WATCHOS]: "watchos",
};

/** What an event of the registry says of a device over Apple's protocol: also that it does not speak that any more. */
export function declaringNews(event: HeardEvent): DeclaringNews[] {
  if (event.type !== "muster.enrollment.v1.DeviceEnrolled" && event.type !== "muster.enrollment.v1.DeviceUnenrolled")
    return [];
  const { enrollment } = event.data;
  if (enrollment === undefined) return [];
  const { apple, deviceId, generations, ownership, status, version } = enrollment;
  const platform = PLATFORMS[enrollment.platform];
  const personal = ownership === Ownership.OWNERSHIP_PERSONAL;
  return [
    {
      tenant: event.tenant,
      deviceId,
      version,
      generation: generations["apple"] ?? 0,
      enrolled: apple !== undefined && platform !== undefined && status !== Status.STATUS_UNENROLLED,
      platform: platform ?? "",
      osVersion: apple?.osVersion ?? "",
      // Since macOS 11 a company's Mac whose management was approved is supervised.
      supervised: apple?.supervised === true || (platform === "macos" && !personal),
      personal,
      users: apple?.users.map(({ userId }) => userId).filter((userId) => userId !== "") ?? [],
    },
  ];
}

/** What an Apple device answered of its system, as inventory tells it. */
export function toldFacts(event: HeardEvent): (DeviceKey & {
  readonly version: number;
  readonly osVersion: string;
  readonly supervised: boolean | undefined;
})[] {
  if (event.type !== "muster.inventory.v1.DeviceFactsChanged") return [];
  const value: unknown = event.data.facts.find(({ name }) => name === "apple_device")?.value;
  if (typeof value !== "object" || value === null) return [];
  const { is_supervised: supervised, os_version: osVersion } = value as Readonly<Record<string, unknown>>;
  if (typeof osVersion !== "string") return [];
  return [
    {
      tenant: event.tenant,
      deviceId: event.data.deviceId,
      version: event.data.version,
      osVersion,
      // Only a yes is news: what a device is by its enrollment stays.
      supervised: supervised === "true" ? true : undefined,
    },
  ];
}
