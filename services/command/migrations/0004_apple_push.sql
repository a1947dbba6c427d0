-- The certificates that wake a tenant's devices, each with its key.
create table apple_push_certificates (
  tenant text not null,
  id uuid not null,
  apple_account text not null,
  -- The private key, sealed.
  sealed_key bytea not null,
  -- DER of the public key: tells whose certificate it is that somebody uploads.
  public_key bytea not null,
  -- PEM; empty when the key came with its certificate.
  signing_request text not null default '',
  created_by text not null,
  created_at timestamptz not null,
  -- All of these are there from the moment the certificate is.
  certificate text,
  topic text,
  serial_number text,
  not_before timestamptz,
  not_after timestamptz,
  uploaded_by text,
  uploaded_at timestamptz,
  -- Devices that enroll now get its topic.
  is_current boolean not null default false,
  -- Why the push service refuses it, and since when.
  stopped_reason text not null default '',
  stopped_at timestamptz,
  -- How many days before its end somebody was warned last.
  warned_days integer,
  primary key (tenant, id),
  constraint apple_push_certificates_key unique (tenant, public_key),
  constraint apple_push_certificates_topic unique (tenant, topic)
);
call isolate_by_tenant('apple_push_certificates');
create unique index apple_push_certificates_current on apple_push_certificates (tenant) where is_current;
create unique index apple_push_certificates_requested on apple_push_certificates (tenant) where certificate is null;

-- The pushes that are owed: at most one for each channel, however much there is for it to fetch.
create table apple_push_dues (
  tenant text not null,
  device_id uuid not null,
  -- Empty for the device's own channel.
  user_id text not null,
  cause text not null,
  -- When it may be sent; whoever takes it moves this ahead, so that it comes back if the taker dies.
  due_at timestamptz not null,
  -- Raised each time it is asked for anew: a push that went out before does not settle it.
  revision integer not null default 0,
  attempts integer not null default 0,
  -- The device was here within a day.
  seen_lately boolean not null,
  primary key (tenant, device_id, user_id)
);
call isolate_by_tenant('apple_push_dues');
create index apple_push_dues_next on apple_push_dues (seen_lately, due_at);

-- The tokens that the push service takes no more. A channel is woken again when it has another one.
create table apple_dead_tokens (
  tenant text not null,
  device_id uuid not null,
  user_id text not null,
  token_sha256 bytea not null,
  reason text not null,
  since timestamptz not null,
  primary key (tenant, device_id, user_id)
);
call isolate_by_tenant('apple_dead_tokens');

alter table apple_channels
  -- When it was last here, to the hour.
  add column seen_at timestamptz,
  -- When it is woken if it does not come by itself before: a day after it was last here, spread over another day.
  add column wake_at timestamptz not null default now() + (1 + random()) * interval '1 day';
create index apple_channels_silent on apple_channels (wake_at) where enrolled;
