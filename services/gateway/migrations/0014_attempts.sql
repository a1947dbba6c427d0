-- How often somebody may still try to sign in, counted for all replicas. What is limited is known by its hash alone: it may
-- be an address of a person, or one that nobody has. It belongs to no tenant: who signs in is not known yet.
create table attempts (
  key bytea primary key,
  -- When all attempts will have been given back.
  whole_at timestamptz not null
);
create index attempts_whole on attempts (whole_at);
