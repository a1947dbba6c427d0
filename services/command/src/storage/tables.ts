import type { Generated, GeneratedAlways } from "kysely";
import type { CommandState, CommandType } from "../domain/command.ts";

export interface DeviceChannelsTable {
  readonly tenant: string;
  readonly device_id: string;
  readonly enrolled: boolean;
  readonly personal: boolean;
  readonly osquery_generation: number;
  readonly orbit_generation: number;
  readonly agent_generation: number;
  readonly version: string;
}

export interface ScriptsTable {
  readonly tenant: string;
  readonly id: string;
  readonly name: string;
  readonly content: string;
  readonly sha256: string;
  readonly updated_by: string;
  readonly updated_at: Date;
}

export interface ScriptBodiesTable {
  readonly tenant: string;
  readonly id: string;
  readonly content: string;
  readonly created_at: Generated<Date>;
}

export interface CommandsTable {
  readonly tenant: string;
  readonly device_id: string;
  readonly seq: GeneratedAlways<string>;
  readonly id: string;
  readonly type: CommandType;
  readonly state: CommandState;
  readonly script_id: string;
  readonly body_id: string | null;
  readonly body_bytes: number;
  readonly timeout_seconds: number;
  readonly created_by: string;
  readonly reason: string;
  readonly traceparent: string;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly due_at: Date;
  readonly delivered_at: Date | null;
  readonly lease_until: Date | null;
  readonly deliveries: number;
  readonly withdrawal_id: string | null;
  readonly withdrawal_lease_until: Date | null;
  readonly ended_at: Date | null;
  readonly exit_code: number | null;
  readonly output: string | null;
  readonly output_truncated: boolean | null;
  readonly failure: string | null;
  readonly result_started_at: Date | null;
  readonly result_ended_at: Date | null;
  readonly version: number;
}

export interface StrayResultsTable {
  readonly tenant: string;
  readonly device_id: string;
  readonly command_id: string;
  readonly kind: string;
  readonly state: string;
  readonly times: number;
  readonly last_at: Date;
}

export interface OrbitDevicesTable {
  readonly tenant: string;
  readonly device_id: string;
  readonly token_sha256: Buffer | null;
  readonly user_email: string;
}

export interface CommandDatabase {
  readonly device_channels: DeviceChannelsTable;
  readonly scripts: ScriptsTable;
  readonly script_bodies: ScriptBodiesTable;
  readonly commands: CommandsTable;
  readonly stray_results: StrayResultsTable;
  readonly orbit_devices: OrbitDevicesTable;
}
