-- What a consumer could not use. An event that fails parks its device for this consumer: it and the device's later
-- events wait here in order, and the other devices go on. An event about no device waits alone, under its own id.

create table parked_devices (
  consumer text not null,
  tenant text not null,
  -- The device's id, or the event's own id where it is about none.
  queue text not null,
  attempts integer not null default 0,
  parked_at timestamptz not null default now(),
  next_try_at timestamptz not null,
  -- Since when the queue is full: what comes then is left in the publisher's outbox.
  full_since timestamptz,
  primary key (tenant, consumer, queue)
);

create index parked_devices_due on parked_devices (consumer, next_try_at);

-- state: parked (waits to be tried again), dead (nobody tries it any more, unless an operator asks for it).
create table parked_events (
  consumer text not null,
  tenant text not null,
  -- A UUID of version 7, so that the order of ids is the order of events; a dead letter without one is named by its place
  -- in the stream.
  event_id text collate "C" not null,
  queue text not null,
  state text not null check (state in ('parked', 'dead')),
  type text not null,
  device_id text not null,
  actor text not null,
  time timestamptz not null,
  traceparent text not null,
  body text not null,
  reason text not null,
  attempts integer not null default 0,
  parked_at timestamptz not null default now(),
  failed_at timestamptz,
  primary key (tenant, consumer, event_id)
);

create index parked_events_in_queue on parked_events (consumer, tenant, queue, event_id) where state = 'parked';
create index parked_events_newest on parked_events (tenant, parked_at, consumer, event_id);

insert into parked_events (consumer, tenant, event_id, queue, state, type, device_id, actor, time, traceparent, body,
  reason, attempts, parked_at, failed_at)
select consumer, tenant, event_id, coalesce(nullif(device_id, ''), event_id), 'dead', type, device_id,
  coalesce(headers->>'ce-actor', ''), failed_at, coalesce(headers->>'traceparent', ''), body, reason, 1, failed_at, failed_at
from dead_letters;

drop table dead_letters;

call isolate_by_tenant('parked_devices');
call isolate_by_tenant('parked_events');
