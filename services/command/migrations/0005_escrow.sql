-- Secrets that devices gave in answers, sealed, until enrollment has taken them into escrow.
create table escrow_handovers (
  tenant text not null,
  id uuid not null,
  device_id uuid not null,
  kind text not null,
  command_id uuid not null,
  sealed bytea not null,
  attempts integer not null default 0,
  -- Not tried before.
  next_at timestamptz not null,
  primary key (tenant, id)
);
call isolate_by_tenant('escrow_handovers');
-- A device's secrets of one kind are handed over one after the other.
create index escrow_handovers_order on escrow_handovers (tenant, device_id, kind, id);
create index escrow_handovers_due on escrow_handovers (next_at);
