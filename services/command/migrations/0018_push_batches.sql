-- Pushes that very many devices are owed for one reason, until each of them is owed its own: whoever asks a hundred thousand devices
-- writes a few dozen rows for that, and whoever sends pushes makes dues of them at the pace of the sending.
create table apple_push_batches (
  tenant text not null,
  id uuid not null,
  user_id text not null,
  due_at timestamptz not null,
  device_ids uuid[] not null,
  primary key (tenant, id)
);
call isolate_by_tenant('apple_push_batches');
