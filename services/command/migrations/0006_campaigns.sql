-- One command for many devices, in waves.
create table campaigns (
  tenant text not null,
  id uuid not null,
  name text not null,
  state text not null,
  type text not null,
  request_type text not null default '',
  -- What the devices are asked, sealed: it may hold PINs, scripts and profiles.
  sealed_order bytea not null,
  device_count integer not null,
  wave_sizes integer[] not null,
  wave integer not null default 0,
  wave_at timestamptz,
  next_wave_at timestamptz,
  pause_seconds integer not null,
  success_percent double precision not null,
  halt_percent double precision not null,
  halt_minimum integer not null,
  halt_reason text not null default '',
  -- What had failed and ended of the wave when somebody let a halted campaign go on: it does not halt it again.
  forgiven_failed integer not null default 0,
  forgiven_ended integer not null default 0,
  reason text not null,
  created_by text not null,
  traceparent text not null,
  created_at timestamptz not null,
  approved_by text not null default '',
  approval_expires_at timestamptz,
  expires_at timestamptz not null,
  ended_at timestamptz,
  -- As they were at the end.
  counts jsonb,
  -- Whether commands that no device has fetched yet, or all that are open, are still to be withdrawn.
  withdrawing text not null default '',
  -- When it is looked at next; nothing once it is over.
  look_at timestamptz,
  primary key (tenant, id)
);
call isolate_by_tenant('campaigns');
create index campaigns_look on campaigns (look_at) where look_at is not null;
create index campaigns_ended on campaigns (ended_at) where ended_at is not null;

create table campaign_devices (
  tenant text not null,
  campaign_id uuid not null,
  wave integer not null,
  device_id uuid not null,
  -- The id that its command has, or will have.
  command_id uuid not null,
  -- The code of why it may not be asked.
  refusal text not null default '',
  primary key (tenant, campaign_id, wave, device_id)
);
call isolate_by_tenant('campaign_devices');
create index campaign_devices_refused on campaign_devices (tenant, campaign_id, wave) where refusal <> '';

alter table commands
  add column campaign_id uuid,
  add column campaign_wave integer;

create index commands_campaign on commands (tenant, campaign_id, campaign_wave, state) where campaign_id is not null;
