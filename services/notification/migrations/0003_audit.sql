-- The audit chain: every activity once more, numbered without gaps in each tenant, each record carrying the hash of the
-- one before, and parts of it signed. It is written behind the activities, in their order, so that hearing an event waits
-- for nobody.

create index activities_in_order on activities (xid, seq);

-- One row: up to where the activities are in the chain.
create table audit_cursor (
  only_row boolean primary key default true check (only_row),
  xid xid8 not null default '0',
  seq bigint not null default 0
);
insert into audit_cursor default values;

-- Where each chain ends, up to where it is signed, and after which record it begins.
create table audit_chains (
  tenant text primary key,
  number bigint not null,
  hash bytea not null,
  signed_through bigint not null default 0,
  begins_after bigint not null default 0,
  -- Records after the last checkpoint that are not themselves the telling of a checkpoint, and the time of the first.
  unsigned_count integer not null default 0,
  unsigned_since timestamptz
);

-- type to outcome stand in the content as well: they are there to search by, and verifying compares them.
create table audit_records (
  tenant text not null,
  number bigint not null,
  sealed_at timestamptz(3) not null,
  content text not null,
  content_hash bytea not null,
  previous_hash bytea not null,
  hash bytea not null,
  type text not null,
  time timestamptz(3) not null,
  actor text not null,
  device_id text not null,
  action text not null,
  outcome text not null,
  primary key (tenant, number)
);
create index audit_records_by_actor on audit_records (tenant, actor, number) where actor <> '';
create index audit_records_of_device on audit_records (tenant, device_id, number) where device_id <> '';
create index audit_records_by_action on audit_records (tenant, action, number) where action <> '';
create index audit_records_by_outcome on audit_records (tenant, outcome, number) where outcome <> '';
create index audit_records_by_time on audit_records using brin (time);

create table audit_checkpoints (
  tenant text not null,
  number bigint not null,
  first bigint not null,
  checkpoint text not null,
  signed_at timestamptz(3) not null,
  primary key (tenant, number)
);

call isolate_by_tenant('audit_chains');
call isolate_by_tenant('audit_records');
call isolate_by_tenant('audit_checkpoints');
