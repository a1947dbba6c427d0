-- What Apple's own protocol says of a device: whether its desired state can be brought to it, and what variables stand for.
-- Of a person's own device there is neither serial number nor UDID.
create table apple_devices (
  tenant text not null,
  device_id text not null,
  -- The generation of its enrollments over Apple's protocol: what an earlier one had is gone.
  generation integer not null,
  enrolled boolean not null,
  personal boolean not null,
  udid text not null,
  serial_number text not null,
  hardware_model text not null,
  managed_account text not null,
  -- Its users that have a channel of their own: [{userId, shortName, longName}].
  users jsonb not null,
  version bigint not null,
  primary key (tenant, device_id)
);
call isolate_by_tenant('apple_devices');

create table profiles (
  tenant text not null,
  id uuid not null,
  name text not null,
  description text not null,
  identifier text not null,
  payload_types text[] not null,
  variables text[] not null,
  warnings jsonb not null,
  signer text not null,
  -- The mobileconfig, sealed: Wi-Fi and VPN passwords stand in it.
  sealed bytea not null,
  -- To see, without opening it, whether a content is the one that is held.
  digest bytea not null,
  revision integer not null,
  device_ids text[] not null,
  label_ids text[] not null,
  platforms text[] not null,
  user_channel boolean not null,
  updated_by text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (tenant, id),
  constraint profiles_name unique (tenant, name),
  -- A device holds one profile of an identifier.
  constraint profiles_identifier unique (tenant, identifier)
);
call isolate_by_tenant('profiles');

-- Rises with each change of what a device is to have, and with each change of where a profile stands on a device.
create sequence desired_state_versions;

-- One row for each profile on each channel of a device, until it is gone from there: also after the profile itself is deleted.
create table device_profiles (
  tenant text not null,
  device_id text not null,
  user_id text not null,
  profile_id uuid not null,
  identifier text not null,
  profile_name text not null,
  state text not null,
  -- Whether it is to be there, or to be gone.
  wanted boolean not null,
  revision integer not null,
  -- The generation of the device's enrollment that all this is said of.
  generation integer not null,
  -- The command that is to bring it about; the answers to earlier ones say nothing any more.
  command_id uuid not null,
  cause text not null,
  since timestamptz not null,
  version bigint not null,
  -- How often it was sent again by itself since then.
  repairs integer not null,
  repairs_since timestamptz,
  primary key (tenant, device_id, user_id, profile_id)
);
create index device_profiles_of_profile on device_profiles (tenant, profile_id, state, device_id, user_id);
create index device_profiles_by_command on device_profiles (tenant, command_id);
call isolate_by_tenant('device_profiles');
