-- Who may ask: tenants, people, API tokens, sessions; and the answers to requests that carried an idempotency key.

create table tenants (
  tenant text primary key check (tenant ~ '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$'),
  name text not null,
  created_at timestamptz not null
);
call isolate_by_tenant('tenants');

create table users (
  tenant text not null references tenants,
  id uuid not null,
  email text not null,
  name text not null,
  role text not null,
  password_hash text not null,
  disabled boolean not null default false,
  last_sign_in_at timestamptz,
  created_at timestamptz not null,
  primary key (tenant, id)
);
-- A person signs in by address alone, so one address is one person in the whole platform.
create unique index users_email on users (lower(email));
call isolate_by_tenant('users');

create table api_tokens (
  tenant text not null references tenants,
  id uuid not null,
  name text not null,
  role text not null,
  token_hash bytea not null,
  hint text not null,
  created_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz,
  primary key (tenant, id)
);
create unique index api_tokens_hash on api_tokens (token_hash);
call isolate_by_tenant('api_tokens');

create table sessions (
  tenant text not null,
  user_id uuid not null,
  session_hash bytea not null,
  created_at timestamptz not null,
  last_used_at timestamptz not null,
  primary key (tenant, user_id, session_hash),
  foreign key (tenant, user_id) references users (tenant, id) on delete cascade
);
create unique index sessions_hash on sessions (session_hash);
create index sessions_age on sessions (last_used_at);
call isolate_by_tenant('sessions');

create table idempotent_requests (
  tenant text not null,
  principal text not null,
  key text not null,
  request_hash bytea not null,
  -- Null while the first request is being answered.
  status integer,
  -- Sealed: an answer can hold a secret that is shown only once.
  answer bytea,
  started_at timestamptz not null,
  primary key (tenant, principal, key)
);
create index idempotent_requests_age on idempotent_requests (started_at);
call isolate_by_tenant('idempotent_requests');
