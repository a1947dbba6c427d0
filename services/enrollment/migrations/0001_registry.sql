-- Who a device is, and what gives the right to become one.

create table devices (
  tenant text not null,
  id uuid not null,
  version bigint not null,
  status text not null check (status in ('enrolled', 'unenrolled')),
  method text not null check (method in ('osquery', 'orbit', 'agent')),
  platform text not null,
  ownership text not null check (ownership in ('corporate', 'personal')),
  generations jsonb not null,
  host_identifier text not null,
  hardware_uuid text not null,
  hardware_serial text not null,
  hostname text not null,
  hardware_vendor text not null,
  hardware_model text not null,
  instance_ids jsonb not null,
  duplicate_of uuid,
  certificate_serial text not null,
  certificate_not_after timestamptz,
  first_enrolled_at timestamptz not null,
  enrolled_at timestamptz not null,
  -- What the device is found by: normalised, and null where the hardware says nothing of worth.
  uuid_key text,
  serial_key text,
  instance_key text,
  host_key text not null,
  primary key (tenant, id)
);

-- Each search names the hostname or the first holder, so that ten thousand machines with one worthless UUID that nobody
-- has listed yet do not make each enrollment read ten thousand rows.
create index devices_by_uuid on devices (tenant, uuid_key, host_key) where uuid_key is not null;
create index devices_holding_uuid on devices (tenant, uuid_key) where uuid_key is not null and duplicate_of is null;
create index devices_by_serial on devices (tenant, serial_key, host_key) where serial_key is not null;
create index devices_by_instance on devices (tenant, instance_key, host_key)
  where instance_key is not null and uuid_key is null and serial_key is null;
create index duplicate_devices on devices (tenant, id) where duplicate_of is not null;

create table enroll_secrets (
  tenant text not null,
  id uuid not null,
  name text not null,
  sha256 text not null,
  hint text not null,
  ownership text not null check (ownership in ('corporate', 'personal')),
  uses bigint not null default 0,
  created_at timestamptz not null,
  expires_at timestamptz,
  revoked_at timestamptz,
  primary key (tenant, id)
);

-- A host names no tenant: the secret alone says whose it is, so it is unique among all tenants.
create unique index enroll_secrets_sha256 on enroll_secrets (sha256);

create table enrollment_tokens (
  tenant text not null,
  id uuid not null,
  name text not null,
  sha256 text not null,
  ownership text not null check (ownership in ('corporate', 'personal')),
  max_uses integer not null check (max_uses > 0),
  uses integer not null default 0 check (uses <= max_uses),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  primary key (tenant, id)
);

create unique index enrollment_tokens_sha256 on enrollment_tokens (sha256);

call isolate_by_tenant('devices');
call isolate_by_tenant('enroll_secrets');
call isolate_by_tenant('enrollment_tokens');
