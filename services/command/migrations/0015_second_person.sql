-- Which devices a person asked something weighty without a second person, and when last: within the sliding hour as many rows as
-- the limit allows, so that counting them is cheap. person: the user's id, behind an API token too.
create table asked_alone (
  tenant text not null,
  person text not null,
  weight text not null check (weight in ('destructive', 'script')),
  device_id uuid not null,
  asked_at timestamptz not null,
  primary key (tenant, person, weight, device_id)
);
call isolate_by_tenant('asked_alone');
create index asked_alone_age on asked_alone (asked_at);

alter table campaigns
  -- Who is behind created_by, who is not the second person; empty for campaigns from before, where created_by is all that is known.
  add column proposed_by text not null default '',
  add column rejected_by text not null default '',
  -- What whoever approved or rejected it said of it.
  add column decision_reason text not null default '';
