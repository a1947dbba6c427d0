-- Rises with each change of a profile; its revision rises only with a content that devices have to be sent.
alter table profiles add column version integer not null default 1;
