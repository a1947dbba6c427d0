-- Events that are alike but for the device and for one id in each: a row for up to a thousand of them. Told of very many devices
-- at once, they took as much as what they tell of.
create table outbox_alike (
  xid xid8 not null default pg_current_xact_id(),
  -- The last one's place; the others' are those before it. Only places of other transactions may be the same.
  seq bigint not null,
  events integer not null,
  -- In the order of the events, which is the order of their ids.
  ids uuid[] not null,
  first_id uuid not null,
  last_id uuid not null,
  device_ids uuid[] not null,
  own_ids uuid[] not null,
  tenant text not null,
  type text not null,
  actor text not null,
  traceparent text not null,
  -- As format() takes it: the device is %1$s, the other id %2$s.
  body text not null,
  created_at timestamptz not null default now()
);
-- Ids are not worth compressing.
alter table outbox_alike alter column ids set storage external, alter column device_ids set storage external,
  alter column own_ids set storage external;

create index outbox_alike_order on outbox_alike (xid, seq);
create index outbox_alike_id on outbox_alike (last_id);

-- The last office whose relay reads them: while a relay of an earlier release works, nobody writes any.
alter table outbox_cursor add column alike_epoch bigint;

-- All that stands in the outbox from one event's id to another's, both included. What is asked of the ids of single events stands
-- outside: only so are they found, and come in order, by their index.
create function outbox_events(first uuid, last uuid)
returns table (xid xid8, seq bigint, id uuid, tenant text, type text, device_id text, actor text, traceparent text, body text,
  created_at timestamptz)
language sql stable
begin atomic
  select e.xid, e.seq, e.id, e.tenant, e.type, e.device_id, e.actor, e.traceparent, e.body, e.created_at
  from (
    select o.xid, o.seq, o.id, o.tenant, o.type, o.device_id, o.actor, o.traceparent, o.body, o.created_at from outbox o
    union all
    select a.xid, a.seq - a.events + n.place, n.id, a.tenant, a.type, n.device_id::text, a.actor, a.traceparent,
      format(a.body, n.device_id, n.own_id), a.created_at
    from outbox_alike a
    cross join lateral unnest(a.ids, a.device_ids, a.own_ids) with ordinality as n (id, device_id, own_id, place)
    where a.last_id >= first and a.first_id <= last
  ) e
  where e.id >= first and e.id <= last;
end;

-- As it was, and what is alike goes when it is as old.
create or replace function maintain_outbox(keep_days integer) returns void
language plpgsql security definer as $$
declare
  schema_name text := (select n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace
                       where c.oid = 'outbox'::regclass);
  day date;
  part regclass;
  untold boolean;
begin
  if not pg_try_advisory_xact_lock('outbox'::regclass::oid::bigint) then
    return;
  end if;
  -- Whoever waits behind this for a lock is a request: rather give up, and try again in an hour.
  set local lock_timeout = '2s';
  for day in
    select generate_series(current_date, current_date + 2, interval '1 day')::date
    union select distinct created_at::date from outbox_rest order by 1
  loop
    continue when to_regclass(format('%I.outbox_%s', schema_name, to_char(day, 'YYYYMMDD'))) is not null;
    -- Nobody may add to the default partition between the move and the moment from which the new one takes the rows.
    lock table outbox_rest in access exclusive mode;
    execute format('create table %I.outbox_%s (like %I.outbox including defaults)',
      schema_name, to_char(day, 'YYYYMMDD'), schema_name);
    execute format('with moved as (delete from %I.outbox_rest where created_at >= %L and created_at < %L returning *)
                    insert into %I.outbox_%s select * from moved',
      schema_name, day, day + 1, schema_name, to_char(day, 'YYYYMMDD'));
    execute format('alter table %I.outbox attach partition %I.outbox_%s for values from (%L) to (%L)',
      schema_name, schema_name, to_char(day, 'YYYYMMDD'), day, day + 1);
  end loop;
  for part in select i.inhrelid from pg_inherits i join pg_class c on c.oid = i.inhrelid
              where i.inhparent = 'outbox'::regclass and c.relname ~ '^outbox_\d{8}$'
                and to_date(substr(c.relname, 8), 'YYYYMMDD') < current_date - keep_days loop
    execute format('select exists (select from %s o, outbox_cursor c where (o.xid, o.seq) > (c.xid, c.seq))', part)
      into untold;
    continue when untold;
    begin
      execute format('drop table %s', part);
    exception when lock_not_available then
      exit; -- the new days must not be lost over it
    end;
  end loop;
  delete from outbox_alike a using outbox_cursor c
    where a.created_at < current_date - keep_days and (a.xid, a.seq) <= (c.xid, c.seq);
end
$$;

-- As it was, over all events: those that are alike keep places of their own, one after the other.
create or replace function outlive_cluster() returns boolean
language plpgsql as $$
begin
  if not exists (select from outbox where xid >= pg_snapshot_xmax(pg_current_snapshot()))
    and not exists (select from outbox_alike where xid >= pg_snapshot_xmax(pg_current_snapshot()))
    and not exists (select from outbox_cursor where xid >= pg_snapshot_xmax(pg_current_snapshot())) then
    return false;
  end if;
  create temp table outlived on commit drop as
    select id, xid, seq, events, sum(events) over (order by xid, seq) as place
    from (select id, xid, seq, 1 as events from outbox union all select first_id, xid, seq, events from outbox_alike) kept;
  -- A relay that runs says nothing more.
  update outbox_cursor c set xid = '1', epoch = epoch + 1, seq = (
    select coalesce(sum(greatest(0, case when (o.xid, o.seq) <= (c.xid, c.seq) then o.events
      when o.xid = c.xid then c.seq - (o.seq - o.events) else 0 end)), 0) from outlived o);
  alter table outbox alter column seq set generated by default;
  update outbox o set xid = '1', seq = p.place from outlived p where p.id = o.id;
  alter table outbox alter column seq set generated always;
  update outbox_alike a set xid = '1', seq = p.place from outlived p where p.id = a.first_id;
  drop table outlived;
  return true;
end
$$;
