-- The tables every service has: what it still has to tell the bus, what it has already heard, and what it could not use.

create table outbox (
  xid xid8 not null default pg_current_xact_id(),
  seq bigint generated always as identity,
  id uuid not null,
  tenant text not null,
  type text not null,
  device_id text not null,
  actor text not null,
  traceparent text not null,
  body text not null,
  created_at timestamptz not null default now()
) partition by range (created_at);

create index outbox_order on outbox (xid, seq);

create table outbox_rest partition of outbox default;

-- One row: how far the relay has come, and which relay may say so.
create table outbox_cursor (
  only_row boolean primary key default true check (only_row),
  xid xid8 not null default '0',
  seq bigint not null default 0,
  epoch bigint not null default 0
);

insert into outbox_cursor default values;

create table inbox (
  consumer text not null,
  event_id uuid not null,
  received_at timestamptz not null default now(),
  primary key (consumer, event_id)
);

create index inbox_age on inbox (received_at);

create table dead_letters (
  consumer text not null,
  event_id text not null,
  type text not null,
  tenant text not null,
  device_id text not null,
  headers jsonb not null,
  body text not null,
  reason text not null,
  failed_at timestamptz not null default now(),
  primary key (consumer, event_id)
);

-- Makes the outbox partitions of today and the next two days, and drops those older than keep_days, but never one that
-- holds an event the bus was not told of.
-- It runs with the rights of the schema's owner: the service itself may not change tables.
create function maintain_outbox(keep_days integer) returns void
language plpgsql security definer as $$
declare
  schema_name text := (select n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace
                       where c.oid = 'outbox'::regclass);
  day date;
  part record;
  untold boolean;
begin
  for day in select generate_series(current_date, current_date + 2, interval '1 day')::date loop
    begin
      execute format('create table if not exists %I.outbox_%s partition of %I.outbox for values from (%L) to (%L)',
        schema_name, to_char(day, 'YYYYMMDD'), schema_name, day, day + 1);
    exception when check_violation then
      null; -- the default partition already holds rows of that day; it goes on holding them
    end;
  end loop;
  for part in select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
              where i.inhparent = 'outbox'::regclass and c.relname ~ '^outbox_\d{8}$'
                and to_date(substr(c.relname, 8), 'YYYYMMDD') < current_date - keep_days loop
    execute format('select exists (select from %I.%I o, %I.outbox_cursor c where (o.xid, o.seq) > (c.xid, c.seq))',
      schema_name, part.relname, schema_name) into untold;
    continue when untold;
    execute format('drop table %I.%I', schema_name, part.relname);
  end loop;
  delete from outbox_rest o using outbox_cursor c
    where o.created_at < current_date - keep_days and (o.xid, o.seq) <= (c.xid, c.seq);
end
$$;

-- Row-level security: a transaction sees the rows of the tenant it named, or of all when it named '*'.
create procedure isolate_by_tenant(table_name text)
language plpgsql as $$
begin
  execute format('alter table %I enable row level security', table_name);
  execute format(
    'create policy tenant on %I using (tenant = (select current_setting(''muster.tenant'', true))
       or (select current_setting(''muster.tenant'', true)) = ''*'')', table_name);
end
$$;
