import type { ServiceDatabase, Work } from "@muster/postgres/service-database";
import type { Command } from "../domain/command.ts";
import type { DeviceKey } from "../domain/device-key.ts";
import type { CommandDatabase } from "../storage/tables.ts";

export type Database = ServiceDatabase<CommandDatabase>;
export type CommandWork = Work<CommandDatabase>;

/** Tells who waits, in this process and in all replicas, after a commit. What it says may be lost: everybody also polls. */
export interface Announcer {
  /** These commands changed; who watches one of them reads it again. */
  changed(commands: readonly Command[]): void;
  /** There is something to fetch for these devices. */
  wake(devices: readonly DeviceKey[]): void;
  /** There may be something to fetch for any device of this tenant. */
  wakeTenant(tenant: string): void;
  /** These devices may hold no connection any more. */
  dismiss(devices: readonly DeviceKey[]): void;
}
