-- Rises with each change.
alter table account_sign_ins add column revision integer not null default 1;
