-- Requests that would change something, from before they are carried out until it is told how they ended. What stays here
-- belongs to a gateway that ended in the midst of it, and is told as one whose end nobody knows.
create table open_actions (
  tenant text not null,
  id uuid not null,
  asked jsonb not null,
  started_at timestamptz not null,
  primary key (tenant, id)
);
create index open_actions_age on open_actions (started_at);
call isolate_by_tenant('open_actions');
