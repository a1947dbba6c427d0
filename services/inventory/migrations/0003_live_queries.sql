create table live_queries (
  tenant text not null,
  id uuid not null,
  sql text not null,
  selection jsonb not null,
  state text not null,
  targets bigint not null,
  answered bigint not null default 0,
  failed bigint not null default 0,
  created_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  primary key (tenant, id)
);
create index live_queries_running on live_queries (expires_at) where state = 'running';

-- answer_no counts a query's answers in the order of their commits: whoever reads on from a number misses none.
create table live_targets (
  tenant text not null,
  query_id uuid not null,
  device_id uuid not null,
  asked_at timestamptz,
  answer_no bigint,
  rows jsonb,
  error text,
  truncated boolean not null default false,
  answered_at timestamptz,
  primary key (tenant, query_id, device_id)
);
create index live_targets_open on live_targets (tenant, device_id) where answered_at is null;
create index live_targets_answers on live_targets (tenant, query_id, answer_no) where answer_no is not null;

call isolate_by_tenant('live_queries');
call isolate_by_tenant('live_targets');
