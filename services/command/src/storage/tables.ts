import type { ColumnType, Generated, GeneratedAlways } from "kysely";
import type { AppleError } from "../domain/apple/apple-work.ts";
import type { ApplePlatform } from "../domain/apple/catalogue/command-facts.ts";
import type { EscrowKind } from "../domain/apple/escrow-kind.ts";
import type { Weight } from "../domain/campaign/approval.ts";
import type { Campaign, CampaignState, Counts } from "../domain/campaign/campaign.ts";
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

export interface AppleChannelsTable {
  readonly tenant: string;
  readonly device_id: string;
  readonly enrollment_id: string;
  readonly epoch: number;
  readonly enrolled: boolean;
  readonly hardware_id: string;
  readonly platform: ApplePlatform;
  readonly os_version: string;
  readonly supervised: boolean;
  readonly automated: boolean;
  readonly personal: boolean;
  readonly access_rights: number;
  readonly awaiting_configuration: boolean;
  readonly account_driven: boolean;
  readonly version: string;
  readonly inventory_at: Date | null;
  readonly seen_at: Date | null;
  readonly wake_at: Generated<Date>;
}

export interface ApplePushCertificatesTable {
  readonly tenant: string;
  readonly id: string;
  readonly apple_account: string;
  readonly sealed_key: Buffer;
  readonly public_key: Buffer;
  readonly signing_request: Generated<string>;
  readonly created_by: string;
  readonly created_at: Date;
  readonly certificate: string | null;
  readonly topic: string | null;
  readonly serial_number: string | null;
  readonly not_before: Date | null;
  readonly not_after: Date | null;
  readonly uploaded_by: string | null;
  readonly uploaded_at: Date | null;
  readonly is_current: Generated<boolean>;
  readonly stopped_reason: Generated<string>;
  readonly stopped_at: Date | null;
  readonly warned_days: number | null;
}

export interface AppleBodiesTable {
  readonly tenant: string;
  readonly id: string;
  readonly sealed: Buffer;
  readonly created_at: Generated<Date>;
}

export interface EscrowHandoversTable {
  readonly tenant: string;
  readonly id: string;
  readonly device_id: string;
  readonly kind: EscrowKind;
  readonly command_id: string;
  readonly sealed: Buffer;
  readonly attempts: Generated<number>;
  readonly next_at: Date;
}

export interface ScriptsTable {
  readonly tenant: string;
  readonly id: string;
  readonly name: string;
  readonly content: string;
  readonly sha256: string;
  readonly updated_by: string;
  readonly updated_at: Date;
  revision: number;
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
  readonly request_type: string;
  readonly user_id: string;
  readonly epoch: number;
  readonly priority: number;
  readonly supersede_key: string;
  readonly put_off: boolean;
  readonly apple_body_id: string | null;
  readonly apple_response: Readonly<Record<string, unknown>> | null;
  readonly apple_errors: readonly AppleError[] | null;
  readonly campaign_id: Generated<string | null>;
  readonly campaign_wave: Generated<number | null>;
}

export interface CampaignsTable {
  readonly tenant: string;
  readonly id: string;
  readonly name: string;
  readonly state: CampaignState;
  readonly type: CommandType;
  readonly request_type: string;
  readonly sealed_order: Buffer;
  readonly device_count: number;
  readonly wave_sizes: number[];
  readonly wave: number;
  readonly wave_at: Date | null;
  readonly next_wave_at: Date | null;
  readonly pause_seconds: number;
  readonly success_percent: number;
  readonly halt_percent: number;
  readonly halt_minimum: number;
  readonly halt_reason: Campaign["haltReason"];
  readonly forgiven_failed: number;
  readonly forgiven_ended: number;
  readonly forgiven_whole_failed: number;
  readonly forgiven_whole_ended: number;
  readonly reason: string;
  readonly created_by: string;
  readonly proposed_by: string;
  readonly traceparent: string;
  readonly created_at: Date;
  readonly approved_by: string;
  readonly rejected_by: string;
  readonly decision_reason: string;
  readonly approval_expires_at: Date | null;
  readonly expires_at: Date;
  readonly ended_at: Date | null;
  readonly counts: ColumnType<Counts | null, string | null, string | null>;
  readonly withdrawing: Campaign["withdrawing"];
  readonly look_at: Date | null;
}

export interface AskedAloneTable {
  readonly tenant: string;
  readonly person: string;
  readonly weight: Weight;
  readonly device_id: string;
  readonly asked_at: Date;
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
  readonly token_at: Date;
  readonly user_email: string;
}

export interface AppleReadinessTable {
  readonly tenant: string;
  readonly device_id: string;
  readonly epoch: number;
}

export interface CommandDatabase {
  readonly apple_push_certificates: ApplePushCertificatesTable;
  readonly apple_channels: AppleChannelsTable;
  readonly apple_readiness: AppleReadinessTable;
  readonly apple_bodies: AppleBodiesTable;
  readonly escrow_handovers: EscrowHandoversTable;
  readonly asked_alone: AskedAloneTable;
  readonly campaigns: CampaignsTable;
  readonly device_channels: DeviceChannelsTable;
  readonly scripts: ScriptsTable;
  readonly script_bodies: ScriptBodiesTable;
  readonly commands: CommandsTable;
  readonly stray_results: StrayResultsTable;
  readonly orbit_devices: OrbitDevicesTable;
}
