-- What says that devices may have other work than a replica remembers, written with what changes it. Each replica reads on
-- from where it was, so that no change is missed though the messages that tell it at once may be lost.
create table work_changes (
  xid xid8 not null default pg_current_xact_id(),
  seq bigint generated always as identity,
  tenant text not null,
  -- null: all of the tenant's
  device_id uuid,
  changed_at timestamptz not null default now()
);
create index work_changes_order on work_changes (xid);
create index work_changes_age on work_changes (changed_at);

call isolate_by_tenant('work_changes');
