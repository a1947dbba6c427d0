alter table escrowed_secrets
  -- The command that sets it, or whose answer held it.
  add column command_id uuid,
  -- Since when it is sure that the device has it; the earlier ones of its kind stay good until then.
  add column proven_at timestamptz;
update escrowed_secrets set proven_at = escrowed_at;
create unique index escrowed_secrets_command on escrowed_secrets (tenant, command_id, kind) where command_id is not null;

-- What devices of a tenant seal their secrets for before they say them.
create table escrow_keys (
  tenant text not null primary key,
  -- DER.
  certificate bytea not null,
  sealed_key bytea not null,
  created_at timestamptz not null default now()
);
call isolate_by_tenant('escrow_keys');
