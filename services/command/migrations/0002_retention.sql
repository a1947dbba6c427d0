-- What ended long ago is found by when it ended; a script's text, by when it was copied.
create index commands_ended on commands (ended_at) where ended_at is not null;
alter table script_bodies add column created_at timestamptz not null default now();
create index script_bodies_age on script_bodies (created_at);
