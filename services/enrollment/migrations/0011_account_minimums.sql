-- The oldest systems that devices may enroll with whom an account leads here.
alter table account_sign_ins add column minimums jsonb not null default '[]';
