-- What was told stays for some days, so that it can be found again: by time, which is a range of ids, as they are UUIDs
-- of version 7; or by the id of the event that a stream ends with.
create index outbox_id on outbox (id);

-- Makes the partitions of today and the next two days, and drops those older than keep_days, but never one that holds
-- an event the bus was not told of. A partition is a day: the relay looks into each of them at every read. Measured, a
-- look that finds nothing takes fifteen times as long with the hours of a week (168) as with its days, and a page of
-- 900 events more than twice as long; dropping smaller pieces saves nothing like that.
--
-- A day that was not made in time has its rows in the default partition. They are moved to where they belong, so that
-- it is empty in the long run and never in the way of a new day.
--
-- It runs with the rights of the schema's owner: the service itself may not change tables. While one runs, a second
-- does nothing.
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
end
$$;

-- The days must be there before the first event: a row that waits for its way into the default partition while the
-- partition of its day is made is refused.
select maintain_outbox(4);
