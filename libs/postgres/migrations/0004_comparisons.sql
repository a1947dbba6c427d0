-- What each consumer's last comparison with its publisher showed, and which replica compares: one at a time.
create table comparisons (
  consumer text primary key,
  publisher text not null,
  holder uuid not null,
  held_until timestamptz not null,
  compared_at timestamptz,
  -- Why the last one failed; empty when it did not.
  problem text not null default '',
  behind integer not null default 0,
  oldest_unheard timestamptz,
  gaps_found bigint not null default 0,
  repaired bigint not null default 0,
  -- Heard, but the publisher does not have them: its database was set back.
  unknown integer not null default 0
);

-- Lists of several services are merged by these columns, outside of the database: times as fine as they are told, and
-- names in the order of their characters.
alter table parked_events alter column parked_at type timestamptz(3), alter column consumer type text collate "C";
