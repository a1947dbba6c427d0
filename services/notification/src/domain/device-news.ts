import type { Enrollment } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import type { Fact } from "@muster/contracts/gen/muster/inventory/v1/device";

/** A part of what is known of a device, and how new it is. */
interface Part {
  readonly tenant: string;
  readonly deviceId: string;
  readonly version: number;
}

/** What the registry says of a device; `at` is when. */
export interface EnrollmentNews extends Part {
  readonly enrollment: Enrollment;
  readonly at: Date;
}

/** What the machine says of itself. */
export interface MachineNews extends Part {
  readonly hostname: string;
  readonly vendor: string;
  readonly model: string;
  readonly serial: string;
}

export interface OsNews extends Part {
  readonly name: string;
  readonly osVersion: string;
}

type Device = Pick<Part, "tenant" | "deviceId">;

export const machineNewsIn = ({ tenant, deviceId }: Device, facts: readonly Fact[]): MachineNews[] =>
  facts
    .filter(({ name }) => name === "system_info")
    .map(({ value, version }) => ({
      tenant,
      deviceId,
      version,
      hostname: text(value, "hostname"),
      vendor: text(value, "hardware_vendor"),
      model: text(value, "hardware_model"),
      serial: text(value, "hardware_serial"),
    }));

export const osNewsIn = ({ tenant, deviceId }: Device, facts: readonly Fact[]): OsNews[] =>
  facts
    .filter(({ name }) => name === "os_version")
    .map(({ value, version }) => ({
      tenant,
      deviceId,
      version,
      name: text(value, "name"),
      osVersion: text(value, "version"),
    }));

function text(value: unknown, column: string): string {
  const found = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[column] : undefined;
  return typeof found === "string" || typeof found === "number" ? String(found).trim() : "";
}
