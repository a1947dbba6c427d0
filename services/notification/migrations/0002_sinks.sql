-- Systems that events are pushed to. What people decide stands beside how far each came: one row is all there is of it.
create table sinks (
  tenant text not null,
  id uuid not null,
  name text not null,
  enabled boolean not null,
  -- As LIKE patterns; empty lists want everything.
  type_patterns text[] not null,
  service_patterns text[] not null,
  label_ids text[] not null,
  device_ids text[] not null,
  format text not null,
  -- Which of the destinations, and its configuration; what is secret of it is sealed.
  kind text not null,
  destination jsonb not null,
  secrets bytea not null,
  max_events integer not null,
  max_bytes integer not null,
  linger_ms integer not null,
  in_flight integer not null,
  created_at timestamptz not null,
  -- Everything it wants up to here was taken, or is a dead letter.
  xid xid8 not null,
  seq bigint not null,
  -- Rises with each worker that takes it and with each change: whoever holds an older one writes nothing any more.
  epoch bigint not null default 0,
  held_until timestamptz not null default '-infinity',
  failures integer not null default 0,
  pause_until timestamptz not null default '-infinity',
  last_success_at timestamptz,
  last_failure_at timestamptz,
  last_error text not null default '',
  delivered bigint not null default 0,
  -- Whether SinkFailing was told and SinkRecovered was not.
  failing boolean not null default false,
  primary key (tenant, id)
) with (fillfactor = 50);

create table sink_dead_letters (
  tenant text not null,
  sink_id uuid not null,
  event_id uuid not null,
  event_type text not null,
  event_time timestamptz not null,
  xid xid8 not null,
  seq bigint not null,
  reason text not null,
  failed_at timestamptz not null,
  -- Whether it is to be sent once more.
  replaying boolean not null default false,
  primary key (tenant, sink_id, event_id)
);

create index sink_dead_letters_newest on sink_dead_letters (tenant, sink_id, failed_at, event_id);
create index sink_dead_letters_due on sink_dead_letters (tenant, sink_id, xid, seq) where replaying;
create index sink_dead_letters_by_age on sink_dead_letters using brin (failed_at);

call isolate_by_tenant('sinks');
call isolate_by_tenant('sink_dead_letters');
