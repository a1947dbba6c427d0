-- Rises with each change.
alter table scripts add column revision integer not null default 1;
