import type { Platform } from "../api/types.ts";

const PLATFORMS: Readonly<Partial<Record<Platform, string>>> = {
  PLATFORM_MACOS: "macOS",
  PLATFORM_WINDOWS: "Windows",
  PLATFORM_LINUX: "Linux",
  PLATFORM_CHROMEOS: "ChromeOS",
  PLATFORM_IOS: "iOS",
  PLATFORM_IPADOS: "iPadOS",
  PLATFORM_TVOS: "tvOS",
  PLATFORM_VISIONOS: "visionOS",
  PLATFORM_WATCHOS: "watchOS",
};

export const platformName = (platform: Platform): string => PLATFORMS[platform] ?? "Unknown";

/** Platforms to choose from. */
export const platformChoices = (...platforms: readonly Platform[]): readonly (readonly [Platform, string])[] =>
  platforms.map((platform) => [platform, platformName(platform)]);

/** Those that devices come from, by how many people look for them. */
export const PLATFORM_NAMES = platformChoices(...(Object.keys(PLATFORMS) as Platform[]));

/** A value of an enumeration without the enumeration's name: COMMAND_STATE_QUEUED is "queued". */
export const enumWord = (value: string, prefix: string): string =>
  value.replace(prefix, "").replaceAll("_", " ").toLowerCase();

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const ABBREVIATIONS = /\b(cpu|id|ip|ipv4|ipv6|mac|mdm|os|sql|tpm|url|uuid)\b/g;

/** A name as programs write it, as people read it: DeviceFactsChanged is "Device facts changed". */
export const spaced = (name: string): string =>
  capital(
    name
      .replace(/([a-z])([A-Z])/g, "$1 $2")
      .replaceAll("_", " ")
      .toLowerCase()
      .replace(ABBREVIATIONS, (word) => word.toUpperCase()),
  );

/** What an event's type says without its package: muster.inventory.v1.QueryAnswered is "Query answered". */
export const eventName = (type: string): string => spaced(type.split(".").at(-1) ?? type);

const whole = new Intl.NumberFormat("en");

/** A number, or the text of one that may have 64 bits. */
export const count = (number: number | string): string => whole.format(Number(number));

const short = new Intl.NumberFormat("en", { maximumSignificantDigits: 2 });

/** A number of which two digits say enough, however small it is. */
export const figure = (number: number): string =>
  (number < 10 ? short : whole).format(number < 10 ? number : Math.round(number));

export const counted = (number: number, one: string, many = `${one}s`): string =>
  `${count(number)} ${number === 1 ? one : many}`;

export const percent = (part: number, all: number): string => (all === 0 ? "–" : `${Math.round((part / all) * 100)} %`);
