-- What enrollment told of each device: how it can be reached, whose it is, and whether it is managed.
create table device_channels (
  tenant text not null,
  device_id uuid not null,
  enrolled boolean not null,
  personal boolean not null,
  osquery_generation integer not null,
  orbit_generation integer not null,
  agent_generation integer not null,
  version bigint not null,
  primary key (tenant, device_id)
);
call isolate_by_tenant('device_channels');

create table scripts (
  tenant text not null,
  id uuid not null,
  name text not null,
  content text not null,
  sha256 text not null,
  updated_by text not null,
  updated_at timestamptz not null,
  primary key (tenant, id),
  constraint scripts_name unique (tenant, name)
);
call isolate_by_tenant('scripts');

-- What script commands carry: one row for all devices that were asked in one go.
create table script_bodies (
  tenant text not null,
  id uuid not null,
  content text not null,
  primary key (tenant, id)
);
call isolate_by_tenant('script_bodies');

create table commands (
  tenant text not null,
  device_id uuid not null,
  seq bigint generated always as identity,
  id uuid not null,
  type text not null,
  state text not null,
  script_id text not null default '',
  body_id uuid,
  body_bytes integer not null default 0,
  timeout_seconds integer not null default 0,
  created_by text not null,
  reason text not null,
  traceparent text not null default '',
  created_at timestamptz not null,
  expires_at timestamptz not null,
  -- When time alone changes the state; the sweep looks at nothing else.
  due_at timestamptz not null,
  delivered_at timestamptz,
  lease_until timestamptz,
  deliveries integer not null default 0,
  -- The id of the cancel command, once somebody withdrew a command that the device already has.
  withdrawal_id uuid,
  withdrawal_lease_until timestamptz,
  ended_at timestamptz,
  exit_code integer,
  output text,
  output_truncated boolean,
  failure text,
  result_started_at timestamptz,
  result_ended_at timestamptz,
  version integer not null default 1,
  primary key (tenant, device_id, seq),
  constraint commands_id unique (tenant, id)
) with (fillfactor = 85);
call isolate_by_tenant('commands');

create index commands_open on commands (tenant, device_id, seq) where state in ('queued', 'delivered', 'running');
create index commands_due on commands (due_at) where state in ('queued', 'delivered', 'running');
create index commands_newest on commands (tenant, seq desc);
create unique index commands_withdrawal on commands (tenant, withdrawal_id) where withdrawal_id is not null;

-- Results that changed nothing: said again, said too late, or about a command the device never had.
create table stray_results (
  tenant text not null,
  device_id uuid not null,
  command_id text not null,
  kind text not null,
  state text not null,
  times integer not null default 1,
  last_at timestamptz not null,
  primary key (tenant, device_id, command_id, kind)
);
call isolate_by_tenant('stray_results');
create index stray_results_age on stray_results (last_at);

-- What fleetd told of itself: the token its user's page is opened with (only its hash), and the user's address.
create table orbit_devices (
  tenant text not null,
  device_id uuid not null,
  token_sha256 bytea,
  user_email text not null default '',
  primary key (tenant, device_id)
);
call isolate_by_tenant('orbit_devices');
create unique index orbit_devices_token on orbit_devices (token_sha256);
