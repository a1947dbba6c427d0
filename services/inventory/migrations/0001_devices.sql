-- What a device is like: who it is, its facts as they are and as they were, and what it has to be asked next.

create extension if not exists pg_trgm schema public;

-- In short, for lists. Rarely written: what changes with each contact is in device_work and presence.
create table devices (
  tenant text not null,
  id uuid not null,
  display_name text not null default '',
  hostname text not null default '',
  platform text not null default 'PLATFORM_UNSPECIFIED',
  ownership text not null default 'OWNERSHIP_UNSPECIFIED',
  method text not null default 'METHOD_UNSPECIFIED',
  os_name text not null default '',
  os_version text not null default '',
  agent_version text not null default '',
  hardware_vendor text not null default '',
  hardware_model text not null default '',
  hardware_serial text not null default '',
  hardware_uuid text not null default '',
  primary_address text not null default '',
  enrolled_at timestamptz,
  version bigint not null default 0,
  unenrolled boolean not null default false,
  duplicate_of text not null default '',
  generations jsonb not null default '{}',
  enrollment_version bigint not null default 0,
  label_ids text[] not null default '{}',
  labels_version bigint not null default 0,
  search text generated always as (lower(display_name || ' ' || hostname || ' ' || hardware_serial || ' ' ||
    hardware_uuid || ' ' || primary_address)) stored,
  primary key (tenant, id)
);
create index devices_order on devices (tenant, lower(display_name), id);
create index devices_search on devices using gin (search public.gin_trgm_ops);
create index devices_labels on devices using gin (label_ids);
create index devices_hostname on devices (tenant, lower(hostname));
create index devices_serial on devices (tenant, lower(hardware_serial));
create index devices_uuid on devices (tenant, lower(hardware_uuid));

-- When it was last heard of. No index beside the key, room in each page: an update touches one page and no index.
create table presence (
  tenant text not null,
  device_id uuid not null,
  last_seen_at timestamptz not null,
  primary key (tenant, device_id)
) with (fillfactor = 60);

-- Where a device stands in answering. asked: question id -> {r revision, a asked at, d due at} (milliseconds);
-- fingerprints: fact -> digest of the last answer, so that an unchanged answer is known without reading the facts.
create table device_work (
  tenant text not null,
  device_id uuid not null,
  detail_due_at timestamptz not null default '-infinity',
  detail_asked_at timestamptz not null default '-infinity',
  facts_at timestamptz,
  asked jsonb not null default '{}',
  fingerprints jsonb not null default '{}',
  primary key (tenant, device_id)
) with (fillfactor = 60);

-- One row a tenant: rises when what devices are asked changes, so that a replica sees at once that its copy is old.
create table tenant_work (
  tenant text primary key,
  version bigint not null default 1
);

create table facts (
  tenant text not null,
  device_id uuid not null,
  name text not null,
  value jsonb not null,
  hash text not null,
  version bigint not null default 1,
  since timestamptz not null,
  primary key (tenant, device_id, name)
);
create index facts_by_name on facts (tenant, name, device_id);

create table fact_history (
  tenant text not null,
  device_id uuid not null,
  name text not null,
  version bigint not null,
  value jsonb not null,
  since timestamptz not null,
  until timestamptz not null,
  primary key (tenant, device_id, name, version)
);
create index fact_history_age on fact_history (until);

-- What devices are asked again and again: policies' questions and labels' questions.
create table questions (
  tenant text not null,
  id uuid not null,
  kind text not null check (kind in ('policy', 'label')),
  revision integer not null,
  query text not null,
  interval_seconds integer not null,
  device_ids text[] not null default '{}',
  label_ids text[] not null default '{}',
  platforms text[] not null default '{}',
  primary key (tenant, id)
);

-- The newest PolicyChanged applied, removed ones too, so that an older event that comes late does no harm.
create table policies_heard (
  tenant text not null,
  id uuid not null,
  revision integer not null,
  removed boolean not null,
  primary key (tenant, id)
);

-- What a device said to a policy's question last. outcome is a digest of rows or error.
create table policy_answers (
  tenant text not null,
  device_id uuid not null,
  policy_id uuid not null,
  revision integer not null,
  outcome text not null,
  version bigint not null default 1,
  published_at timestamptz not null,
  primary key (tenant, device_id, policy_id)
);

create table osquery_configs (
  tenant text primary key,
  options jsonb not null,
  schedule jsonb not null,
  packs jsonb not null,
  decorators jsonb not null,
  revision integer not null,
  updated_at timestamptz not null
);

call isolate_by_tenant('devices');
call isolate_by_tenant('presence');
call isolate_by_tenant('device_work');
call isolate_by_tenant('tenant_work');
call isolate_by_tenant('facts');
call isolate_by_tenant('fact_history');
call isolate_by_tenant('questions');
call isolate_by_tenant('policies_heard');
call isolate_by_tenant('policy_answers');
call isolate_by_tenant('osquery_configs');
