-- Each rises with each change that people make.
alter table automated_servers add column revision integer not null default 1;
alter table automated_profiles add column revision integer not null default 1;
alter table apple_identity_ways add column revision integer not null default 1;
