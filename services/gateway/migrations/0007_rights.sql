-- A token's rights end with those of the user behind it; a tenant makes roles of its own.

alter table api_tokens add column owner_id uuid;
-- What tokens made stays without an owner: their names were given twice.
update api_tokens t set owner_id = u.id from users u where u.tenant = t.tenant and u.email = t.created_by;
create index api_tokens_owner on api_tokens (tenant, owner_id);

create table roles (
  tenant text not null references tenants,
  name text not null,
  description text not null,
  actions text[] not null,
  created_by text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (tenant, name)
);
call isolate_by_tenant('roles');
