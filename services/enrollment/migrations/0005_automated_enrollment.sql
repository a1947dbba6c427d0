-- Device management services of Apple Business Manager and Apple School Manager that we speak for.
create table automated_servers (
  tenant text not null,
  id uuid not null,
  name text not null,
  -- The public key as Apple gets it, PEM; the key itself, sealed.
  certificate text not null,
  sealed_key bytea not null,
  -- The secret in the address that devices are sent to, sealed, and what it is found by.
  sealed_door bytea not null,
  door_sha256 text not null,
  -- Null before the first token.
  sealed_token bytea,
  token_expires_at timestamptz,
  account jsonb,
  rules jsonb not null,
  default_profile_id uuid,
  -- Where the list of devices was left.
  phase text not null check (phase in ('fetch', 'sync')),
  cursor text not null,
  round integer not null,
  fetched boolean not null,
  synced_at timestamptz,
  -- Null while it is synchronized.
  next_sync_at timestamptz,
  -- Until when it is left to whoever synchronizes it.
  claimed_until timestamptz,
  failures integer not null default 0,
  last_error text not null default '',
  terms_changed_at timestamptz,
  expiry_warnings integer not null default 0,
  created_at timestamptz not null,
  primary key (tenant, id)
);
call isolate_by_tenant('automated_servers');
-- A device that comes names no tenant: the secret in the address says whose it is.
create unique index automated_servers_door on automated_servers (door_sha256);
-- A service at Apple is spoken for once.
create unique index automated_servers_account on automated_servers (tenant, (account ->> 'serverUuid'));

-- How devices are set up before their users see them.
create table automated_profiles (
  tenant text not null,
  id uuid not null,
  name text not null,
  settings jsonb not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (tenant, id)
);
call isolate_by_tenant('automated_profiles');

-- Profiles as they were defined at Apple: one that is changed is defined anew, and the earlier ones are still known as ours.
create table automated_definitions (
  tenant text not null,
  server_id uuid not null,
  profile_uuid text not null,
  profile_id uuid not null,
  -- Of what was defined.
  sha256 text not null,
  superseded boolean not null default false,
  primary key (tenant, server_id, profile_uuid)
);
call isolate_by_tenant('automated_definitions');
create unique index automated_definitions_current on automated_definitions (tenant, server_id, profile_id)
  where not superseded;

-- The devices that are assigned to a server at Apple, enrolled or not.
create table automated_devices (
  tenant text not null,
  serial_number text not null,
  server_id uuid not null,
  model text not null,
  description text not null,
  color text not null,
  asset_tag text not null,
  device_family text not null,
  os text not null,
  profile_status text not null,
  profile_uuid text not null,
  assigned_at timestamptz,
  -- The fetch that brought it last.
  round integer not null,
  -- Whether somebody chose its profile; null for none then.
  chosen boolean not null default false,
  chosen_profile_id uuid,
  -- What Apple answered last to an assignment.
  answer text,
  failures integer not null default 0,
  retry_at timestamptz,
  primary key (tenant, serial_number, server_id)
);
call isolate_by_tenant('automated_devices');
create index automated_devices_of_server on automated_devices (tenant, server_id, serial_number);

alter table apple_enrollments
  -- Whether the device comes out of Setup Assistant supervised.
  add column supervised boolean not null default false,
  -- Whether somebody has to let the device out of Setup Assistant by hand.
  add column released_by_hand boolean not null default false;
