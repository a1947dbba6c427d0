-- Plans that bring everything to what documents say, and how far each is.
create table desired_state_plans (
  tenant text not null,
  id uuid not null,
  state text not null,
  -- What the plan does, without any secret: as it is answered.
  plan jsonb not null,
  -- What is needed to carry it out and to undo it, sealed: it holds secrets. Null once it ended.
  work bytea,
  -- How many of its steps may have been done.
  reached integer not null default 0,
  -- On whose behalf it is carried out.
  principal jsonb,
  -- The gateway that carries it out, and when that last gave a sign of life.
  runner uuid,
  touched_at timestamptz,
  error text not null default '',
  created_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  primary key (tenant, id)
);
create unique index desired_state_plans_one_at_a_time on desired_state_plans (tenant) where state in ('applying', 'undoing');
create index desired_state_plans_touched on desired_state_plans (touched_at) where state in ('applying', 'undoing');
create index desired_state_plans_age on desired_state_plans (created_at);
call isolate_by_tenant('desired_state_plans');

-- What was made or changed by documents: only what an owner made is ever removed.
create table desired_state_resources (
  tenant text not null,
  kind text not null,
  name text not null,
  owner text not null,
  resource_id text not null,
  -- Whether it was made by documents, and not only changed.
  made boolean not null,
  -- Keyed hashes of the contents that were given last, by field.
  contents jsonb not null,
  applied_at timestamptz not null,
  primary key (tenant, kind, name)
);
call isolate_by_tenant('desired_state_resources');
