-- Locations of Apple's Apps and Books. The token is sealed; what stands beside it is what Apple told of it.
create table app_tokens (
  tenant text not null,
  id uuid not null,
  sealed bytea not null,
  organization text not null,
  location text not null,
  apple_id text not null,
  expires_at timestamptz not null,
  -- The fewest days before its end that were warned of.
  warned_days integer,
  claimed_by text not null default '',
  problem text not null default '',
  synced_at timestamptz,
  created_by text not null,
  -- Work on it is due then; whoever does it holds the token until the lease ends.
  due_at timestamptz not null,
  lease_until timestamptz,
  -- How often in a row Apple did not answer.
  failures integer not null default 0,
  primary key (tenant, id),
  constraint app_tokens_location unique (tenant, apple_id)
);
call isolate_by_tenant('app_tokens');
create index app_tokens_due on app_tokens (due_at);

create table app_assets (
  tenant text not null,
  token_id uuid not null,
  adam_id text not null,
  pricing_param text not null,
  product_type text not null,
  device_assignable boolean not null,
  revocable boolean not null,
  platforms text[] not null,
  total_count integer not null,
  assigned_count integer not null,
  available_count integer not null,
  primary key (tenant, token_id, adam_id, pricing_param),
  foreign key (tenant, token_id) references app_tokens on delete cascade
);
call isolate_by_tenant('app_assets');
create index app_assets_number on app_assets (tenant, adam_id);

-- A device's license of one app, from the moment a command wants it to the moment it is given back.
create table app_licenses (
  tenant text not null,
  token_id uuid not null,
  adam_id text not null,
  pricing_param text not null,
  device_id uuid not null,
  command_id uuid not null,
  state text not null check (state in ('wanted', 'asked', 'held', 'returning')),
  of_person boolean not null,
  -- The serial number, or the name that Apple knows the person by; a person's own device has no serial number here.
  assignee text not null default '',
  -- Apple's name of what it was asked to do.
  event_id text not null default '',
  identifier text not null default '',
  -- Whether the device accepted the application at least once.
  installed boolean not null default false,
  attempts integer not null default 0,
  wanted_at timestamptz not null,
  since timestamptz not null,
  primary key (tenant, token_id, adam_id, pricing_param, device_id),
  foreign key (tenant, token_id) references app_tokens on delete cascade
);
call isolate_by_tenant('app_licenses');
create index app_licenses_device on app_licenses (tenant, device_id);
create index app_licenses_command on app_licenses (tenant, command_id);
create index app_licenses_open on app_licenses (tenant, token_id) where state <> 'held';

-- Installations that a device accepted, until it is known how they ended.
create table app_installs (
  tenant text not null,
  device_id uuid not null,
  command_id uuid not null,
  identifier text not null,
  state text not null check (state in ('accepted', 'managed', 'failed', 'unknown')),
  status text not null,
  -- How often the device was asked, and when it is asked again.
  asked integer not null default 0,
  ask_at timestamptz not null,
  accepted_at timestamptz not null,
  ended_at timestamptz,
  primary key (tenant, command_id)
);
call isolate_by_tenant('app_installs');
create index app_installs_device on app_installs (tenant, device_id);
create index app_installs_open on app_installs (tenant, device_id) where state = 'accepted';

-- The command waits for a license before it may be handed out.
alter table commands add column awaits_license boolean not null default false;
