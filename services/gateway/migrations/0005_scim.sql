-- People and groups that a sign-in provider keeps here by itself (SCIM 2.0).
alter table sign_in_providers add column scim_token_hash bytea;
create unique index sign_in_providers_scim_token on sign_in_providers (scim_token_hash);

alter table users
  -- What the provider calls the person when it is not the address, and by what it finds the person again.
  add column user_name text,
  add column external_id text,
  -- Whether the provider says that the person works here still.
  add column active boolean not null default true;
create unique index users_user_name on users (tenant, provider_id, lower(coalesce(user_name, email)));

create table provider_groups (
  tenant text not null,
  id uuid not null,
  provider_id uuid not null,
  name text not null,
  external_id text,
  created_at timestamptz not null,
  primary key (tenant, id),
  foreign key (tenant, provider_id) references sign_in_providers (tenant, id) on delete cascade
);
create unique index provider_groups_name on provider_groups (tenant, provider_id, lower(name));
call isolate_by_tenant('provider_groups');

create table provider_group_members (
  tenant text not null,
  group_id uuid not null,
  user_id uuid not null,
  primary key (tenant, group_id, user_id),
  foreign key (tenant, group_id) references provider_groups (tenant, id) on delete cascade,
  foreign key (tenant, user_id) references users (tenant, id) on delete cascade
);
create index provider_group_members_user on provider_group_members (tenant, user_id);
call isolate_by_tenant('provider_group_members');
