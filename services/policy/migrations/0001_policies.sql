-- What policy knows of a device: enough to say which policies apply to it, and what people call it.
create table devices (
  tenant text not null,
  id text not null,
  enrolled boolean not null default false,
  platform text not null default 'PLATFORM_UNSPECIFIED',
  display_name text not null default '',
  label_ids text[] not null default '{}',
  enrollment_version bigint not null default 0,
  labels_version bigint not null default 0,
  facts_version bigint not null default 0,
  primary key (tenant, id)
);

create table policies (
  tenant text not null,
  id uuid not null,
  name text not null,
  description text not null,
  query text not null,
  device_ids text[] not null,
  label_ids text[] not null,
  platforms text[] not null,
  severity text not null,
  resolution text not null,
  interval_seconds integer not null,
  remediation_script_id text not null,
  enabled boolean not null,
  revision integer not null,
  -- The revision at which the question or the selection changed last; an answer to an older one says nothing.
  question_revision integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (tenant, id),
  constraint policies_name unique (tenant, name)
);

-- Rises with each change of any verdict, so that a verdict that went and came back never counts from one again.
create sequence verdict_versions;

-- One row for each device that a policy applies to, answered or not.
create table verdicts (
  tenant text not null,
  policy_id uuid not null,
  device_id text not null,
  verdict text not null,
  reason text not null,
  since timestamptz not null,
  version bigint not null,
  answer_revision integer not null,
  answer_version bigint not null,
  answered_at timestamptz,
  evidence jsonb not null,
  -- The command of the failing episode that lasts; it is asked for once.
  remediation_command_id uuid,
  rank smallint not null generated always as (
    case verdict when 'VERDICT_FAIL' then 0 when 'VERDICT_STALE' then 1 when 'VERDICT_UNKNOWN' then 2 else 3 end
  ) stored,
  primary key (tenant, policy_id, device_id),
  foreign key (tenant, policy_id) references policies (tenant, id) on delete cascade
);

create index verdicts_by_rank on verdicts (tenant, policy_id, rank, device_id);
create index verdicts_of_device on verdicts (tenant, device_id);
create index verdicts_by_age on verdicts (answered_at) where verdict in ('VERDICT_PASS', 'VERDICT_FAIL');

-- Answers that were heard before the device or its labels were: each stream has its own pace.
create table early_answers (
  tenant text not null,
  policy_id uuid not null,
  device_id text not null,
  answer jsonb not null,
  heard_at timestamptz not null,
  primary key (tenant, policy_id, device_id)
);

create index early_answers_by_age on early_answers (heard_at);

call isolate_by_tenant('devices');
call isolate_by_tenant('policies');
call isolate_by_tenant('verdicts');
call isolate_by_tenant('early_answers');
