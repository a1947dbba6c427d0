import type { SeededRandom } from "../seeded-random.ts";
import { HARDWARE, type Hardware } from "./hardware.ts";
import { OPERATING_SYSTEMS, type OperatingSystem } from "./operating-systems.ts";
import { drawPerson, type Person } from "./people.ts";
import type { Platform } from "./platform.ts";

/** What stays the same for a machine's life; everything else about it is a fact that may change. */
export interface HostIdentity {
  readonly name: string;
  readonly platform: Platform;
  readonly hardware: Hardware;
  readonly os: OperatingSystem;
  readonly person: Person;
  readonly uuid: string;
  readonly serial: string;
  readonly instanceId: string;
  readonly mac: string;
  readonly address: string;
  readonly softwareCount: number;
  /** Unix seconds. */
  readonly bootedAt: number;
}

export interface IdentityRequest {
  readonly name: string;
  readonly platform: Platform;
  /** The start of the simulation's world: boot and install times lie before it. */
  readonly epoch: Date;
  readonly softwareCount?: number;
}

const serialOf = (hardware: Hardware, random: SeededRandom): string => {
  if (hardware.vendor === "Dell Inc.") return random.serial(7);
  if (hardware.vendor === "LENOVO") return `PF${random.serial(6)}`;
  if (hardware.vendor === "QEMU") return random.uuid();
  return random.serial(10);
};

export const drawIdentity = (request: IdentityRequest, random: SeededRandom): HostIdentity => {
  const hardware = random.pick(HARDWARE[request.platform]);
  const os = random.pick(OPERATING_SYSTEMS[request.platform]);
  const uuid = random.uuid();
  const mac = ["3c", ...Array.from({ length: 5 }, () => random.hex(2))].join(":");
  return {
    name: request.name,
    platform: request.platform,
    hardware,
    os,
    person: drawPerson(random),
    // osquery prints the firmware's spelling: capitals on macOS and Windows, as dmidecode does on Linux.
    uuid: request.platform === "linux" ? uuid : uuid.toUpperCase(),
    serial: serialOf(hardware, random),
    instanceId: random.uuid(),
    mac,
    address: `10.${random.int(16, 47)}.${random.int(0, 255)}.${random.int(10, 250)}`,
    softwareCount: request.softwareCount ?? random.int(80, 400),
    bootedAt: Math.floor(request.epoch.getTime() / 1000) - random.int(600, 21 * 86_400),
  };
};
