-- Of a command for very many devices, each index is a fifth of what its rows cost. The key was written at a place of its own for each
-- device, only to list what a device was asked, and the newest stood at the front, where a page is halved for each that comes before
-- it. The order of asking is the key now, and grows at its end; what a device has open is found as before, and what ended is listed
-- by an index that is written when it ends.
create unique index commands_order on commands (tenant, seq);
create index commands_history on commands (tenant, device_id, seq) where ended_at is not null;
alter table commands drop constraint commands_pkey;
alter table commands add constraint commands_pkey primary key using index commands_order;
drop index commands_newest;
