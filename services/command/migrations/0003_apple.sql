-- What enrollment told of each Apple device: which enrollment speaks for it now, and what decides what it may be asked.
create table apple_channels (
  tenant text not null,
  device_id uuid not null,
  enrollment_id uuid not null,
  -- The generation of its enrollments; commands of an earlier one are not for this device any more.
  epoch integer not null,
  enrolled boolean not null,
  -- The UDID, or the EnrollmentID of a user enrollment.
  hardware_id text not null,
  platform text not null,
  os_version text not null,
  supervised boolean not null,
  automated boolean not null,
  personal boolean not null,
  access_rights integer not null,
  awaiting_configuration boolean not null,
  version bigint not null,
  -- When it was last asked what it is like.
  inventory_at timestamptz,
  primary key (tenant, device_id),
  constraint apple_channels_enrollment unique (tenant, enrollment_id)
);
call isolate_by_tenant('apple_channels');

-- What Apple's commands carry beside their names, sealed: one row for all devices that were asked in one go.
create table apple_bodies (
  tenant text not null,
  id uuid not null,
  sealed bytea not null,
  created_at timestamptz not null default now(),
  primary key (tenant, id)
);
call isolate_by_tenant('apple_bodies');
create index apple_bodies_age on apple_bodies (created_at);

alter table commands
  -- Apple's name for it; empty for all that is not Apple's.
  add column request_type text not null default '',
  -- The user whose channel it goes over; empty for the device's own.
  add column user_id text not null default '',
  add column epoch integer not null default 0,
  -- What comes first; higher is sooner.
  add column priority smallint not null default 0,
  -- A newer command with the same key takes the place of one that was not delivered yet.
  add column supersede_key text not null default '',
  -- The device said NotNow since it last came by itself.
  add column put_off boolean not null default false,
  add column apple_body_id uuid,
  add column apple_response jsonb,
  add column apple_errors jsonb;

create index commands_apple_open on commands (tenant, device_id, user_id, priority desc, seq)
  where request_type <> '' and state in ('queued', 'delivered');
create index commands_superseded on commands (tenant, device_id, user_id, supersede_key)
  where supersede_key <> '' and state = 'queued';
