import type { Generated } from "kysely";

export interface WebhooksTable {
  tenant: string;
  id: string;
  name: string;
  url: string;
  type_patterns: string[];
  label_ids: string[];
  enabled: boolean;
  disabled_reason: Generated<string>;
  secret: Buffer;
  previous_secret: Buffer | null;
  previous_secret_until: Date | null;
  last_status: Generated<number>;
  last_success_at: Date | null;
  consecutive_failures: Generated<number>;
  failing_since: Date | null;
  failing: Generated<boolean>;
  created_at: Date;
  revision: Generated<number>;
}

interface ActivitiesTable {
  tenant: string;
  xid: Generated<string>;
  seq: Generated<string>;
  id: string;
  type: string;
  source: string;
  device_id: string;
  actor: string;
  time: Date;
  traceparent: string;
  data: unknown;
  received_at: Generated<Date>;
}

interface DeviceLabelsTable {
  tenant: string;
  device_id: string;
  version: string;
  label_ids: string[];
}

interface DevicesTable {
  tenant: string;
  device_id: string;
  enrollment_version: string;
  platform: string;
  ownership: string;
  machine_version: string;
  hostname: string;
  hardware_vendor: string;
  hardware_model: string;
  hardware_serial: string;
  os_version_version: string;
  os_name: string;
  os_version: string;
  unenrolled_at: Date | null;
}

interface DeliveriesTable {
  tenant: string;
  id: Generated<string>;
  seq: Generated<string>;
  webhook_id: string;
  event_id: string;
  event_type: string;
  event_time: Date;
  activity_xid: string;
  activity_seq: string;
  traceparent: string;
  state: Generated<string>;
  attempts: Generated<number>;
  round: Generated<number>;
  last_status: Generated<number>;
  last_error: Generated<string>;
  next_attempt_at: Generated<Date>;
  created_at: Generated<Date>;
  delivered_at: Date | null;
}

export interface SinksTable {
  tenant: string;
  id: string;
  name: string;
  enabled: boolean;
  type_patterns: string[];
  service_patterns: string[];
  label_ids: string[];
  device_ids: string[];
  format: string;
  kind: string;
  destination: Record<string, unknown>;
  secrets: Buffer;
  max_events: number;
  max_bytes: number;
  linger_ms: number;
  in_flight: number;
  created_at: Date;
  xid: string;
  seq: string;
  epoch: Generated<string>;
  held_until: Generated<Date>;
  failures: Generated<number>;
  pause_until: Generated<Date>;
  last_success_at: Date | null;
  last_failure_at: Date | null;
  last_error: Generated<string>;
  delivered: Generated<string>;
  failing: Generated<boolean>;
  revision: Generated<number>;
}

interface SinkDeadLettersTable {
  tenant: string;
  sink_id: string;
  event_id: string;
  event_type: string;
  event_time: Date;
  xid: string;
  seq: string;
  reason: string;
  failed_at: Date;
  replaying: Generated<boolean>;
}

export interface NotificationTables {
  activities: ActivitiesTable;
  device_labels: DeviceLabelsTable;
  devices: DevicesTable;
  webhooks: WebhooksTable;
  deliveries: DeliveriesTable;
  sinks: SinksTable;
  sink_dead_letters: SinkDeadLettersTable;
}
