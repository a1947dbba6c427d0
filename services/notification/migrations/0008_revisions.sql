-- Rises with each change of what people decide, also when the platform disables a webhook; not with what is sent.
alter table webhooks add column revision integer not null default 1;
alter table sinks add column revision integer not null default 1;
