-- A command's state changes more often than anything else of it. As long as an index speaks of the state, be it in its
-- condition, each change writes all indexes anew; so they speak of the end, which comes once.
drop index commands_open, commands_due, commands_apple_open, commands_superseded, commands_campaign;
create index commands_open on commands (tenant, device_id, seq) where request_type = '' and ended_at is null;
create index commands_apple_open on commands (tenant, device_id, user_id, priority desc, seq)
  where request_type <> '' and ended_at is null;
create index commands_superseded on commands (tenant, device_id, user_id, supersede_key)
  where supersede_key <> '' and ended_at is null;
create index commands_campaign on commands (tenant, campaign_id, campaign_wave) where campaign_id is not null;
-- For the same reason this is not moved when a command is handed out, but when the sweep finds that it may still be answered.
create index commands_due on commands (due_at) where ended_at is null;
