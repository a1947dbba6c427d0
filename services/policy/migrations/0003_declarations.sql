-- What Apple's devices keep to by themselves (declarative device management).
create table declarations (
  tenant text not null,
  id uuid not null,
  name text not null,
  description text not null,
  identifier text not null,
  type text not null,
  payload jsonb not null,
  predicate text not null,
  -- SHA-256 of what the declaration refers to and the server keeps.
  content_sha256 text not null,
  content_type text not null,
  content_bytes integer not null,
  -- Whether it has a selection of its own; without one it goes where another declaration refers to it.
  assigned boolean not null,
  device_ids text[] not null,
  label_ids text[] not null,
  platforms text[] not null,
  user_channel boolean not null,
  enabled boolean not null,
  revision integer not null,
  updated_by text not null,
  updated_at timestamptz not null,
  primary key (tenant, id),
  constraint declarations_name unique (tenant, name),
  constraint declarations_identifier unique (tenant, identifier)
);

-- Profiles and assets' data that declarations refer to, sealed.
create table declaration_contents (
  tenant text not null,
  sha256 text not null,
  content_type text not null,
  sealed bytea not null,
  primary key (tenant, sha256)
);

-- What enrollment and the devices themselves told last of Apple's devices: enough to say what they can take.
create table declaring_devices (
  tenant text not null,
  device_id text not null,
  enrollment_version bigint not null,
  generation integer not null,
  enrolled boolean not null,
  platform text not null,
  os_version text not null,
  supervised boolean not null,
  personal boolean not null,
  -- Those that have a channel of their own.
  users text[] not null,
  primary key (tenant, device_id)
);

-- What devices have to keep to, each different set once: many devices share one.
create table declaration_sets (
  tenant text not null,
  digest text not null,
  items text not null,
  primary key (tenant, digest)
);

create table declaration_bodies (
  tenant text not null,
  server_token text not null,
  body text not null,
  primary key (tenant, server_token)
);

create table declaration_set_members (
  tenant text not null,
  digest text not null,
  kind text not null,
  identifier text not null,
  server_token text not null,
  -- SHA-256 of what it refers to and the server keeps; empty when there is nothing.
  content_sha256 text not null,
  primary key (tenant, digest, kind, identifier)
);
create index declaration_set_members_by_identifier on declaration_set_members (tenant, identifier, digest);

-- Rises with each change of a set and with each report, so that a channel that went and came back never counts from one again.
create sequence declaration_versions;

-- A channel of a device under declarative management: the device's own (no user), or a user's.
create table declaring_channels (
  tenant text not null,
  device_id text not null,
  user_id text not null,
  digest text not null,
  changed_at timestamptz not null,
  version bigint not null,
  -- The Types that the device says it takes; unset before it said so.
  supported text[],
  primary key (tenant, device_id, user_id)
) with (fillfactor = 80);
create index declaring_channels_by_digest on declaring_channels (tenant, digest);

-- What each channel told last of its status items.
create table declared_status (
  tenant text not null,
  device_id text not null,
  user_id text not null,
  items jsonb not null,
  errors jsonb not null,
  version bigint not null,
  reported_at timestamptz not null,
  primary key (tenant, device_id, user_id)
) with (fillfactor = 80);

-- What each channel told last of its declarations.
create table declared_states (
  tenant text not null,
  device_id text not null,
  user_id text not null,
  kind text not null,
  identifier text not null,
  server_token text not null,
  active boolean not null,
  valid text not null,
  reasons jsonb not null,
  reported_at timestamptz not null,
  primary key (tenant, device_id, user_id, kind, identifier)
) with (fillfactor = 80);
create index declared_states_by_identifier on declared_states (tenant, identifier);

call isolate_by_tenant('declarations');
call isolate_by_tenant('declaration_contents');
call isolate_by_tenant('declaring_devices');
call isolate_by_tenant('declaration_sets');
call isolate_by_tenant('declaration_bodies');
call isolate_by_tenant('declaration_set_members');
call isolate_by_tenant('declaring_channels');
call isolate_by_tenant('declared_status');
call isolate_by_tenant('declared_states');
