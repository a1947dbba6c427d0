-- A role of a tenant's own may hold for the devices with certain labels only.
alter table roles add column label_ids text[] not null default '{}';
