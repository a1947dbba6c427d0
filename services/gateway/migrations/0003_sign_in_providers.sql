-- OpenID providers with which a tenant's people sign in, and the people that came by one.
create table sign_in_providers (
  tenant text not null references tenants,
  id uuid not null,
  name text not null,
  issuer text not null,
  client_id text not null,
  -- Sealed; null when we are a public client there.
  client_secret bytea,
  scopes text[] not null,
  groups_claim text not null,
  roles_of_groups jsonb not null,
  created_at timestamptz not null,
  primary key (tenant, id),
  unique (tenant, issuer)
);
call isolate_by_tenant('sign_in_providers');

alter table users
  alter column password_hash drop not null,
  -- Whose word there is for the person; null for one who is known here by a password.
  add column provider_id uuid,
  -- By what the provider knows the person, for good.
  add column subject text,
  -- Whether the provider no longer lets the person in.
  add column deprovisioned boolean not null default false,
  add foreign key (tenant, provider_id) references sign_in_providers (tenant, id) on delete cascade,
  add check ((provider_id is null) = (password_hash is not null));
create unique index users_subject on users (tenant, provider_id, subject);

-- By address alone only those with a password sign in. What a provider says of addresses counts in its own tenant, and
-- nobody there has the address, and so the name in the audit trail, of somebody else.
drop index users_email;
create unique index users_email on users (lower(email)) where provider_id is null;
create unique index users_email_in_tenant on users (tenant, lower(email));

-- A session by a provider ends at this time, so that the provider is asked again.
alter table sessions add column ends_at timestamptz;
