import { randomUUID } from "node:crypto";
import { type DeviceTable, WordError } from "./device-table.ts";

export type AssignAnswer = "SUCCESS" | "NOT_ACCESSIBLE" | "FAILED" | "THROTTLED";

interface Assigned {
  readonly devices: Record<string, AssignAnswer>;
  readonly retry_after_seconds?: number;
}

/** The profiles that were defined for a server, and which device has which. */
export class ProfileShelf {
  readonly #table: DeviceTable;
  readonly #profiles = new Map<string, Record<string, unknown>>();
  /** What is answered for these devices instead of SUCCESS, as long as it stands here. */
  readonly answers = new Map<string, AssignAnswer>();
  /** Said beside THROTTLED. */
  retryAfterSeconds = 3_600;

  constructor(table: DeviceTable) {
    this.#table = table;
  }

  define(profile: Record<string, unknown>): { profile_uuid: string; devices: object } {
    if (typeof profile["profile_name"] !== "string") throw new WordError("CONFIG_NAME_REQUIRED");
    const { url } = profile;
    if (typeof url !== "string" || !url.startsWith("https://")) throw new WordError("CONFIG_URL_REQUIRED");
    const uuid = randomUUID().replaceAll("-", "").toUpperCase();
    this.#profiles.set(uuid, profile);
    return { profile_uuid: uuid, devices: {} };
  }

  get(uuid: string): Record<string, unknown> {
    const profile = this.#profiles.get(uuid);
    if (profile === undefined) throw new WordError("NOT_FOUND");
    return { ...profile, profile_uuid: uuid };
  }

  /** As if Apple had lost it. */
  lose(uuid: string): void {
    this.#profiles.delete(uuid);
  }

  /** Gives devices a profile, or with nothing takes away what they have. */
  assign(uuid: string | undefined, serialNumbers: readonly string[]): Assigned {
    if (uuid !== undefined) this.get(uuid);
    const devices: Record<string, AssignAnswer> = {};
    for (const serial of serialNumbers) {
      const known = this.#table.find(serial) !== undefined;
      const answer = known ? (this.answers.get(serial) ?? "SUCCESS") : "NOT_ACCESSIBLE";
      devices[serial] = answer;
      if (answer !== "SUCCESS") continue;
      const status = uuid === undefined ? "removed" : "assigned";
      this.#table.modify(serial, { profile_status: status, profile_uuid: uuid ?? "" });
    }
    const throttled = Object.values(devices).includes("THROTTLED");
    return { devices, ...(throttled && { retry_after_seconds: this.retryAfterSeconds }) };
  }

  /** What a device is told at its first start; nothing when it starts like anybody's. */
  ofDevice(serialNumber: string): Record<string, unknown> | undefined {
    const device = this.#table.find(serialNumber);
    const status = device?.["profile_status"];
    return status === "assigned" || status === "pushed"
      ? this.#profiles.get(device?.["profile_uuid"] ?? "")
      : undefined;
  }
}
