-- What had failed and ended of all waves when somebody let a halted campaign go on: it does not halt it again.
alter table campaigns
  add column forgiven_whole_failed integer not null default 0,
  add column forgiven_whole_ended integer not null default 0;
