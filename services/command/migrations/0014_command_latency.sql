-- How long commands took from when they were asked for to their device's answer: how many fell into each class, hour by hour.
-- Class n is of what took 1.2^n up to 1.2^(n + 1) milliseconds. So hours can be added up to days, and a year is read without a
-- look at any command, however many there were.
create table command_latency (
  tenant text not null,
  at timestamptz not null,
  class smallint not null,
  commands bigint not null,
  primary key (tenant, at, class)
);
create index command_latency_age on command_latency (at);
call isolate_by_tenant('command_latency');

-- Only commands that ended before are counted in it.
create table command_latency_cursor (
  only_row boolean primary key default true check (only_row),
  ended_before timestamptz not null default '-infinity'
);
insert into command_latency_cursor default values;
