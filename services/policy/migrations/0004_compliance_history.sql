-- How many verdicts there were of each kind, hour by hour, over all policies in force. It is counted once an hour, so that who
-- looks back over a year reads these rows and no verdict.
create table compliance_history (
  tenant text not null,
  at timestamptz not null,
  pass bigint not null,
  fail bigint not null,
  unknown bigint not null,
  stale bigint not null,
  policies integer not null,
  failing_policies integer not null,
  primary key (tenant, at)
);
create index compliance_history_age on compliance_history (at);

call isolate_by_tenant('compliance_history');
