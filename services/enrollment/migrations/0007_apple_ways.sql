-- The ways an Apple device comes, and how its certificate is renewed before it ends.

alter table apple_enrollments
  add column kind text not null default 'profile'
    check (kind in ('profile', 'over_the_air', 'automated', 'account_device', 'account_user')),
  -- The managed account that led the device here; empty unless one did.
  add column managed_account text not null default '',
  -- What the challenge opens: a certificate over SCEP, or the first phase of enrollment over the air.
  add column challenge_use text not null default 'certificate' check (challenge_use in ('certificate', 'phase')),
  -- When the certificate ends that the device really uses: the newest one issued may never have reached it.
  add column in_use_not_after timestamptz,
  -- The command that renews the certificate, while one is on its way.
  add column renewal_command_id uuid,
  add column renewal_asked_at timestamptz;

update apple_enrollments set in_use_not_after = certificate_not_after where device_id is not null;
update devices
  set apple = '{"kind": "profile", "managedAccount": "", "userEnrollmentId": ""}'::jsonb || apple
  where apple is not null;

create index apple_enrollments_ending on apple_enrollments (in_use_not_after) where device_id is not null;
create index apple_enrollments_renewal on apple_enrollments (tenant, renewal_command_id)
  where renewal_command_id is not null;
