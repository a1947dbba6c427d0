-- How people sign in whose managed account leads a device here.
create table account_sign_ins (
  tenant text not null,
  id uuid not null,
  name text not null,
  -- OpenID Connect: the provider, and who we are to it.
  issuer text not null,
  client_id text not null,
  -- Sealed; null for a public client.
  client_secret bytea,
  allows_personal boolean not null,
  allows_corporate boolean not null,
  -- After so many days a person signs in anew.
  sign_in_days integer not null check (sign_in_days > 0),
  created_at timestamptz not null,
  primary key (tenant, id)
);
call isolate_by_tenant('account_sign_ins');

-- Whose accounts these are. A device names a domain and no tenant, so that a domain is one tenant's.
create table account_domains (
  domain text primary key,
  tenant text not null,
  sign_in_id uuid not null,
  foreign key (tenant, sign_in_id) references account_sign_ins (tenant, id) on delete cascade
);
call isolate_by_tenant('account_domains');
create index account_domains_of_sign_in on account_domains (tenant, sign_in_id);
