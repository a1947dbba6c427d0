create table labels (
  tenant text not null,
  id uuid not null,
  name text not null,
  description text not null,
  kind text not null,
  query text not null default '',
  platforms text[] not null default '{}',
  condition jsonb,
  created_at timestamptz not null,
  revision integer not null,
  primary key (tenant, id),
  unique (tenant, name)
);

create table label_members (
  tenant text not null,
  label_id uuid not null,
  device_id uuid not null,
  primary key (tenant, label_id, device_id)
);

-- Each name and version once; devices hold numbers. device_count is kept by the transaction that changes a device.
create table software (
  tenant text not null,
  id integer generated always as identity,
  name text not null,
  version text not null,
  source text not null,
  vendor text not null,
  device_count bigint not null default 0,
  primary key (tenant, id),
  unique (tenant, name, version, source, vendor)
) with (fillfactor = 80);
create index software_search on software using gin (lower(name) public.gin_trgm_ops);
create index software_order on software (tenant, lower(name), id);

create table device_software (
  tenant text not null,
  device_id uuid not null,
  source text not null,
  ids integer[] not null,
  since timestamptz not null,
  primary key (tenant, device_id, source)
);
create index device_software_ids on device_software using gin (ids);

create table software_changes (
  tenant text not null,
  device_id uuid not null,
  id bigint generated always as identity,
  source text not null,
  software_id integer not null,
  installed boolean not null,
  seen_at timestamptz not null,
  primary key (tenant, device_id, id)
);

call isolate_by_tenant('labels');
call isolate_by_tenant('label_members');
call isolate_by_tenant('software');
call isolate_by_tenant('device_software');
call isolate_by_tenant('software_changes');
