-- Every event there was. (xid, seq) is its position: a reader that stays behind pg_snapshot_xmin misses nothing, though
-- transactions commit in another order than they began.
create table activities (
  tenant text not null,
  xid xid8 not null default pg_current_xact_id(),
  seq bigint not null generated always as identity,
  id uuid not null,
  type text not null,
  source text not null,
  device_id text not null,
  actor text not null,
  time timestamptz not null,
  traceparent text not null,
  data jsonb not null,
  received_at timestamptz not null default now(),
  primary key (tenant, xid, seq)
);

create index activities_by_time on activities (tenant, time, seq);
create index activities_of_device on activities (tenant, device_id, time, seq) where device_id <> '';
create index activities_by_age on activities using brin (received_at);

-- Which labels a device carries, for webhooks that look at the devices of some labels only.
create table device_labels (
  tenant text not null,
  device_id text not null,
  version bigint not null,
  label_ids text[] not null,
  primary key (tenant, device_id)
);

create table webhooks (
  tenant text not null,
  id uuid not null,
  name text not null,
  url text not null,
  -- As LIKE patterns; a name of a type has neither % nor _.
  type_patterns text[] not null,
  label_ids text[] not null,
  enabled boolean not null,
  disabled_reason text not null default '',
  secret bytea not null,
  previous_secret bytea,
  previous_secret_until timestamptz,
  last_status integer not null default 0,
  last_success_at timestamptz,
  consecutive_failures integer not null default 0,
  -- Whether SinkFailing was told and SinkRecovered was not.
  failing boolean not null default false,
  created_at timestamptz not null,
  primary key (tenant, id)
);

-- A delivery outlives neither its webhook nor its activity, but has no foreign key: that would lock the webhook's row
-- with each event.
create table deliveries (
  tenant text not null,
  id uuid not null default gen_random_uuid(),
  seq bigint not null generated always as identity,
  webhook_id uuid not null,
  event_id uuid not null,
  event_type text not null,
  event_time timestamptz not null,
  activity_xid xid8 not null,
  activity_seq bigint not null,
  traceparent text not null,
  state text not null default 'DELIVERY_STATE_PENDING',
  attempts integer not null default 0,
  last_status integer not null default 0,
  last_error text not null default '',
  -- Also the end of the lease of a sender: a delivery in work is not due.
  next_attempt_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  delivered_at timestamptz,
  primary key (tenant, id),
  constraint deliveries_once unique (tenant, webhook_id, event_id)
);

create index deliveries_due on deliveries (tenant, webhook_id, next_attempt_at) where state = 'DELIVERY_STATE_PENDING';
create index deliveries_dead on deliveries (tenant, webhook_id) where state = 'DELIVERY_STATE_DEAD';
create index deliveries_newest on deliveries (tenant, webhook_id, seq);
create index deliveries_by_age on deliveries using brin (created_at);

call isolate_by_tenant('activities');
call isolate_by_tenant('device_labels');
call isolate_by_tenant('webhooks');
call isolate_by_tenant('deliveries');
