-- Rises with each change.
alter table roles add column revision integer not null default 1;
