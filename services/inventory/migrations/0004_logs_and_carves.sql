create table query_results (
  tenant text not null,
  id bigint generated always as identity,
  device_id uuid not null,
  name text not null,
  action text not null,
  rows jsonb not null,
  ran_at timestamptz not null,
  received_at timestamptz not null,
  primary key (tenant, id)
);
create index query_results_by_device on query_results (tenant, device_id, name, id);
create index query_results_by_name on query_results (tenant, name, id);
create index query_results_age on query_results (received_at);

create table status_logs (
  tenant text not null,
  id bigint generated always as identity,
  device_id uuid not null,
  severity integer not null,
  message text not null,
  place text not null,
  received_at timestamptz not null,
  primary key (tenant, id)
);
create index status_logs_age on status_logs (received_at);

create table carves (
  tenant text not null,
  id uuid not null,
  device_id uuid not null,
  path text not null,
  state text not null,
  size_bytes bigint not null default 0,
  block_size integer not null default 0,
  blocks_received integer not null default 0,
  blocks_expected integer not null default 0,
  session_hash bytea,
  asked_at timestamptz,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  completed_at timestamptz,
  error text not null default '',
  primary key (tenant, id)
);
create unique index carves_session on carves (session_hash);
create index carves_open on carves (tenant, device_id) where state = 'requested';
create index carves_expiry on carves (expires_at);

create table carve_blocks (
  tenant text not null,
  carve_id uuid not null,
  block_no integer not null,
  content bytea not null,
  primary key (tenant, carve_id, block_no)
);

call isolate_by_tenant('query_results');
call isolate_by_tenant('status_logs');
call isolate_by_tenant('carves');
call isolate_by_tenant('carve_blocks');
