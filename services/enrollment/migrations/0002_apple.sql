alter table devices
  drop constraint devices_method_check,
  add constraint devices_method_check check (method in ('osquery', 'orbit', 'agent', 'apple')),
  -- What Apple's protocol says of it; null when it did not enroll over it.
  add column apple jsonb;

-- One enrollment profile that was handed out, and what became of it. The certificate that it leads to names it.
create table apple_enrollments (
  tenant text not null,
  id uuid not null,
  ownership text not null check (ownership in ('corporate', 'personal')),
  -- The SCEP challenge: good once, for this enrollment.
  challenge_sha256 text not null,
  challenge_expires_at timestamptz not null,
  challenge_used_at timestamptz,
  certificate_serial text not null default '',
  certificate_not_after timestamptz,
  -- The UDID of the device that came first; null until one came.
  hardware_id text,
  -- What the device said of itself, until it is known whose it is.
  claim jsonb,
  device_id uuid,
  created_at timestamptz not null,
  primary key (tenant, id)
);
call isolate_by_tenant('apple_enrollments');
-- A device that asks for its certificate names no tenant: the challenge says whose it is.
create unique index apple_enrollments_challenge on apple_enrollments (challenge_sha256);
create index apple_enrollments_age on apple_enrollments (created_at) where device_id is null;

-- Where a push wakes a device, or one of its users.
create table apple_channels (
  tenant text not null,
  device_id uuid not null,
  -- Empty for the device's own.
  user_id text not null,
  short_name text not null,
  long_name text not null,
  topic text not null,
  token bytea not null,
  push_magic text not null,
  updated_at timestamptz not null,
  primary key (tenant, device_id, user_id)
);
call isolate_by_tenant('apple_channels');

-- Secrets of devices, sealed: the newest of a kind counts, the earlier ones are kept.
create table escrowed_secrets (
  tenant text not null,
  id uuid not null,
  device_id uuid not null,
  kind text not null,
  sealed bytea not null,
  escrowed_at timestamptz not null,
  -- The owner said that it is no longer good.
  ended_at timestamptz,
  last_read_at timestamptz,
  primary key (tenant, id)
);
call isolate_by_tenant('escrowed_secrets');
create index escrowed_secrets_newest on escrowed_secrets (tenant, device_id, kind, id desc);
