-- How Apple devices get their certificate: over SCEP, or over ACME with or without their maker's word about key and device.

-- A tenant without a row uses SCEP.
create table apple_identity_ways (
  tenant text primary key,
  way text not null check (way in ('scep', 'acme', 'acme_attested')),
  changed_at timestamptz not null
);
call isolate_by_tenant('apple_identity_ways');

alter table apple_enrollments
  -- What the challenge is good for; another way does not take it.
  add column identity_way text not null default 'scep' check (identity_way in ('scep', 'acme', 'acme_attested')),
  -- The serial number that the device has to have; empty when it is not known beforehand.
  add column expected_serial text not null default '',
  -- What its maker attested of the device that holds the newest certificate's key; null when nothing.
  add column attested jsonb;

-- Who talks ACME about an enrollment: the key that signs the requests. It is good while the enrollment's challenge is.
create table acme_accounts (
  tenant text not null,
  enrollment_id uuid not null,
  -- The key's thumbprint (RFC 7638).
  id text not null,
  jwk jsonb not null,
  expires_at timestamptz not null,
  primary key (tenant, enrollment_id, id)
);
call isolate_by_tenant('acme_accounts');
create index acme_accounts_ending on acme_accounts (expires_at);

create table acme_orders (
  tenant text not null,
  id uuid not null,
  enrollment_id uuid not null,
  account_id text not null,
  -- The challenge of the enrollment that the order names as its identifier: sealed, and what it is compared by.
  identifier bytea not null,
  challenge_sha256 text not null,
  -- What the answer to the ACME challenge has to be about.
  token text not null,
  status text not null check (status in ('pending', 'ready', 'valid', 'invalid')),
  problem jsonb,
  -- The key that was attested (SubjectPublicKeyInfo), and what of the device; null when no attestation was asked for.
  attested_key bytea,
  attested jsonb,
  certificate bytea,
  created_at timestamptz not null,
  validated_at timestamptz,
  expires_at timestamptz not null,
  primary key (tenant, id),
  foreign key (tenant, enrollment_id, account_id) references acme_accounts (tenant, enrollment_id, id) on delete cascade
);
call isolate_by_tenant('acme_orders');
create index acme_orders_of_account on acme_orders (tenant, enrollment_id, account_id);

-- What a request has to name that was told before and was not named yet.
create table acme_nonces (
  tenant text not null,
  enrollment_id uuid not null,
  nonce text not null,
  created_at timestamptz not null,
  primary key (tenant, enrollment_id, nonce)
);
call isolate_by_tenant('acme_nonces');
create index acme_nonces_age on acme_nonces (created_at);
