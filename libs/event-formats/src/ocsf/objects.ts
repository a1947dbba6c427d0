import { isIP } from "node:net";
import { Ownership, Platform } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import type { DeviceSummary, HardwareKind, ToldEvent } from "../told-event.ts";

type OcsfObject = Readonly<Record<string, unknown>>;

const OS: Readonly<Record<Platform, { readonly type_id: number; readonly type: string }>> = {
  [Platform.PLATFORM_UNSPECIFIED]: { type_id: 0, type: "Unknown" },
  [Platform.PLATFORM_LINUX]: { type_id: 200, type: "Linux" },
  [Platform.PLATFORM_MACOS]: { type_id: 300, type: "macOS" },
  [Platform.PLATFORM_WINDOWS]: { type_id: 100, type: "Windows" },
  [Platform.PLATFORM_CHROMEOS]: { type_id: 99, type: "ChromeOS" },
  [Platform.PLATFORM_IOS]: { type_id: 301, type: "iOS" },
  [Platform.PLATFORM_IPADOS]: { type_id: 302, type: "iPadOS" },
  [Platform.PLATFORM_TVOS]: { type_id: 99, type: "tvOS" },
  [Platform.PLATFORM_VISIONOS]: { type_id: 99, type: "visionOS" },
  [Platform.PLATFORM_WATCHOS]: { type_id: 99, type: "watchOS" },
};

const HARDWARE: Readonly<Record<HardwareKind, { readonly type_id: number; readonly type: string }>> = {
  unknown: { type_id: 0, type: "Unknown" },
  server: { type_id: 1, type: "Server" },
  desktop: { type_id: 2, type: "Desktop" },
  laptop: { type_id: 3, type: "Laptop" },
  virtual: { type_id: 6, type: "Virtual" },
};

/** The device object, as much of it as is known; nothing when the event is about no device. */
export function deviceOf({ deviceId, device }: ToldEvent): OcsfObject | undefined {
  if (deviceId === "") return undefined;
  if (device === undefined) return { uid: deviceId, ...HARDWARE.unknown };
  return {
    uid: deviceId,
    ...HARDWARE[device.kind],
    ...(device.hostname !== "" && { hostname: device.hostname, name: device.hostname }),
    ...osOf(device),
    ...(device.hardwareVendor !== "" && { vendor_name: device.hardwareVendor }),
    ...(device.hardwareModel !== "" && { model: device.hardwareModel }),
    ...(device.serial !== "" && { hw_info: { serial_number: device.serial } }),
    is_managed: device.managed,
    ...(device.ownership !== Ownership.OWNERSHIP_UNSPECIFIED && {
      is_personal: device.ownership === Ownership.OWNERSHIP_PERSONAL,
    }),
  };
}

function osOf({ osName, osVersion, platform }: DeviceSummary): OcsfObject {
  const os = OS[platform];
  if (osName === "" && os.type_id === 0) return {};
  return { os: { name: osName === "" ? os.type : osName, ...os, ...(osVersion !== "" && { version: osVersion }) } };
}

/** The device as what an administrator manages. */
export const deviceEntity = ({ deviceId, device }: ToldEvent): OcsfObject => ({
  type_id: 1,
  type: "Device",
  uid: deviceId,
  ...(device !== undefined && device.hostname !== "" && { name: device.hostname }),
});

const EMAIL = /^[\w.+-]+@[\w-]+\.[\w.-]+$/;

/** Who caused it: a person by address, a program by its token, or a part of the platform such as policy:<id>. */
export function userOf(actor: string): OcsfObject {
  if (EMAIL.test(actor)) return { name: actor, email_addr: actor, type_id: 1, type: "User" };
  const isToken = actor.startsWith("token:");
  return { name: actor, ...(isToken ? { type_id: 4, type: "Service" } : { type_id: 3, type: "System" }) };
}

/** Where a request came from; what is no address is a name. */
export const endpointOf = (address: string): OcsfObject =>
  isIP(address) === 0 ? { name: address === "" ? "unknown" : address } : { ip: address };

/** A policy as OCSF names it. */
export const policyOf = (uid: string, name: string): OcsfObject => ({ uid, ...(name !== "" && { name }) });
