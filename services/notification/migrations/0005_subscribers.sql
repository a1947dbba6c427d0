-- Programs that pull events from the bus, each in an account of its own. What people decide stands beside how far each
-- came: with this row everything that the bus holds of a subscriber can be put back.
create table subscribers (
  tenant text not null,
  id uuid not null,
  name text not null,
  -- As LIKE patterns; empty lists want everything.
  type_patterns text[] not null,
  service_patterns text[] not null,
  label_ids text[] not null,
  device_ids text[] not null,
  format text not null,
  buffer_bytes bigint not null,
  -- The seed of its account, sealed: whoever has it can let others in.
  seed bytea not null,
  -- Public keys of users: the one whose credentials hold, and the one before it.
  user_key text not null,
  previous_user text,
  previous_until timestamptz,
  -- Users that are let in no more, and since when.
  revoked_users jsonb not null default '{}',
  created_at timestamptz not null,
  -- The stream, the account and at last this row are still to go.
  revoked_at timestamptz,
  -- Everything it wants up to here was put into its stream.
  xid xid8 not null,
  seq bigint not null,
  -- Everything it wants up to here was settled by it.
  settled_xid xid8 not null,
  settled_seq bigint not null,
  -- Rises with each replay; the stream is emptied before the first event of a round.
  round integer not null default 0,
  emptied_round integer not null default 0,
  -- Rises with each feed that takes it and with each change: whoever holds an older one writes nothing any more.
  epoch bigint not null default 0,
  held_until timestamptz not null default '-infinity',
  failures integer not null default 0,
  retry_at timestamptz not null default '-infinity',
  last_error text not null default '',
  is_full boolean not null default false,
  waiting_events bigint not null default 0,
  waiting_bytes bigint not null default 0,
  unsettled_events bigint not null default 0,
  settled_at timestamptz,
  primary key (tenant, id)
) with (fillfactor = 50);

call isolate_by_tenant('subscribers');
