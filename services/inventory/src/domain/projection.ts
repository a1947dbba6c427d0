import { Platform } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import { systemOfProduct } from "./apple/apple-system.ts";
import { platformOf } from "./detail-queries/by-platform.ts";
import type { FactRow, FactValue } from "./fact.ts";

/** What a list of devices shows of their facts. Fields left out stay as they are. */
export interface Projection {
  readonly hostname?: string;
  readonly computerName?: string;
  readonly platform?: Platform;
  readonly osName?: string;
  readonly osVersion?: string;
  readonly agentVersion?: string;
  readonly hardwareVendor?: string;
  readonly hardwareModel?: string;
  readonly hardwareSerial?: string;
  readonly hardwareUuid?: string;
  readonly primaryAddress?: string;
}

/** What changed facts say about a device in short. */
export function projectionOf(facts: ReadonlyMap<string, FactValue>): Projection {
  const object = (name: string): FactRow | undefined => {
    const value = facts.get(name);
    return value === undefined || Array.isArray(value) ? undefined : (value as FactRow);
  };
  const os = object("os_version");
  const system = object("system_info");
  const agent = object("osquery_info");
  // What osquery says of a Mac as well counts before what Apple's protocol says: each is told by itself.
  const apple = object("apple_device");
  const product = text(apple, "product_name");
  const addresses = facts.get("interface_addresses");
  return present({
    osName: text(os, "name") ?? (product === undefined ? undefined : systemOfProduct(product)),
    osVersion: text(os, "version") ?? text(apple, "os_version"),
    platform: os === undefined ? undefined : knownPlatform(text(os, "platform") ?? ""),
    hostname: text(system, "hostname"),
    computerName: text(system, "computer_name") ?? text(apple, "device_name"),
    hardwareVendor: text(system, "hardware_vendor"),
    hardwareModel: text(system, "hardware_model") ?? text(apple, "model_name"),
    hardwareSerial: text(system, "hardware_serial"),
    hardwareUuid: text(system, "uuid"),
    agentVersion: text(agent, "version"),
    primaryAddress: Array.isArray(addresses) ? primaryAddress(addresses as readonly FactRow[]) : undefined,
  });
}

function knownPlatform(word: string): Platform | undefined {
  const platform = platformOf(word);
  return platform === Platform.PLATFORM_UNSPECIFIED ? undefined : platform;
}

function text(row: FactRow | undefined, column: string): string | undefined {
  const value = row?.[column];
  return value === undefined || value === "" ? undefined : String(value).trim();
}

// Containers and virtual machines bring bridges of their own, which say nothing about where the device is.
const VIRTUAL = /^(docker|br-|veth|virbr|vmnet|vboxnet|cni|flannel|utun|awdl|llw)/;

function primaryAddress(rows: readonly FactRow[]): string | undefined {
  const own = rows.filter((row) => !VIRTUAL.test(String(row["interface"])));
  const first = own.find((row) => String(row["address"]).includes(".")) ?? own[0];
  return first === undefined ? undefined : String(first["address"]);
}

function present<T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
