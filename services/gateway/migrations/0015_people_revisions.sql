-- Each rises with each change that people make.
alter table users add column revision integer not null default 1;
alter table sign_in_providers add column revision integer not null default 1;
