-- Why a device does not comply, or would not: each policy that was judged on it, and whether it is managed at all. A ground
-- is as new as its version says, so that events may come twice and in any order.
create table compliance_grounds (
  tenant text not null,
  device_id text not null,
  -- policy:<id>, or enrollment.
  ground text not null,
  version bigint not null,
  breaks boolean not null,
  primary key (tenant, device_id, ground)
);
create index compliance_grounds_breaking on compliance_grounds (tenant, device_id) where breaks;

-- What was last told of a device as a whole: it complies when no ground breaks that.
create table device_compliance (
  tenant text not null,
  device_id text not null,
  compliant boolean not null,
  changed_at timestamptz not null,
  primary key (tenant, device_id)
);

-- Who works with a device, as an identity provider knows them.
create table device_persons (
  tenant text not null,
  device_id text not null,
  email text not null,
  primary key (tenant, device_id)
);

create table signal_receivers (
  tenant text not null,
  id uuid not null,
  name text not null,
  dialect text not null,
  audience text not null,
  -- SHA-256; the secrets are 256 random bits.
  secret_hash bytea not null,
  previous_secret_hash bytea,
  previous_secret_until timestamptz,
  created_at timestamptz not null,
  revoked_at timestamptz,
  primary key (tenant, id)
);

create table signal_streams (
  tenant text not null,
  id uuid not null,
  receiver_id uuid not null,
  delivery text not null,
  endpoint_url text not null,
  -- The Authorization header of pushes, sealed.
  authorization_sealed bytea,
  events_requested text[] not null,
  description text not null,
  status text not null default 'enabled',
  status_reason text not null default '',
  verified_at timestamptz,
  refused integer not null default 0,
  dropped integer not null default 0,
  last_error text not null default '',
  last_success_at timestamptz,
  failures integer not null default 0,
  failing_since timestamptz,
  next_attempt_at timestamptz not null default '-infinity',
  -- Whoever holds it sends alone, so that signals arrive in order; who lost it settles nothing any more.
  holder uuid,
  held_until timestamptz not null default '-infinity',
  created_at timestamptz not null,
  primary key (tenant, id),
  constraint signal_streams_one_a_receiver unique (tenant, receiver_id),
  foreign key (tenant, receiver_id) references signal_receivers (tenant, id) on delete cascade
);

-- A subject that a receiver does not want to hear of; an empty member stands for any.
create table signal_exclusions (
  tenant text not null,
  stream_id uuid not null,
  device_id text not null,
  email text not null,
  primary key (tenant, stream_id, device_id, email),
  foreign key (tenant, stream_id) references signal_streams (tenant, id) on delete cascade
);

-- What waits for a receiver, in order, and what it refused. No foreign key: that would lock the stream's row with each
-- signal; what a stream leaves behind is swept.
create table signals (
  tenant text not null,
  stream_id uuid not null,
  seq bigint not null generated always as identity,
  jti uuid not null default gen_random_uuid(),
  event_type text not null,
  event jsonb not null,
  -- Whom it is about; both are empty when it is about the stream.
  device_id text not null default '',
  email text not null default '',
  txn text not null,
  -- Says that the stream was paused or disabled, and is sent although it is.
  sent_when_not_enabled boolean not null default false,
  issued_at timestamptz not null default now(),
  refused_at timestamptz,
  error text not null default '',
  primary key (tenant, stream_id, seq),
  constraint signals_jti unique (tenant, stream_id, jti)
);
create index signals_waiting on signals (tenant, stream_id, seq) where refused_at is null;

-- What was heard of verdicts so far, so that devices begin as they are.
insert into compliance_grounds (tenant, device_id, ground, version, breaks)
select distinct on (tenant, data->>'deviceId', data->>'policyId') tenant, data->>'deviceId', 'policy:' || (data->>'policyId'),
  (data->>'version')::bigint, coalesce(data->>'verdict', '') = 'VERDICT_FAIL'
from activities where type = 'muster.policy.v1.ComplianceChanged' and data ? 'version'
order by tenant, data->>'deviceId', data->>'policyId', (data->>'version')::bigint desc;

insert into device_compliance (tenant, device_id, compliant, changed_at)
select tenant, device_id, not bool_or(breaks), now() from compliance_grounds group by tenant, device_id;

call isolate_by_tenant('compliance_grounds');
call isolate_by_tenant('device_compliance');
call isolate_by_tenant('device_persons');
call isolate_by_tenant('signal_receivers');
call isolate_by_tenant('signal_streams');
call isolate_by_tenant('signal_exclusions');
call isolate_by_tenant('signals');
