-- Authenticator apps of people who sign in with a password, and the codes for when one is lost.
create table second_factors (
  tenant text not null,
  user_id uuid not null,
  -- Sealed.
  secret bytea not null,
  -- The step of the last code that was used, so that none is used twice.
  last_step bigint not null default 0,
  created_at timestamptz not null,
  primary key (tenant, user_id),
  foreign key (tenant, user_id) references users (tenant, id) on delete cascade
);
call isolate_by_tenant('second_factors');

create table recovery_codes (
  tenant text not null,
  user_id uuid not null,
  code_hash bytea not null,
  primary key (tenant, user_id, code_hash),
  foreign key (tenant, user_id) references second_factors (tenant, user_id) on delete cascade
);
call isolate_by_tenant('recovery_codes');

-- When the person showed that the app has the secret; from then on signing in asks for a code.
alter table users add column second_factor_at timestamptz;
