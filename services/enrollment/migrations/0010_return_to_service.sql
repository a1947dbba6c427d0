-- Devices whose users may have them erased and set up again by themselves (Return to Service).
update automated_profiles set settings = '{"returnToService": false}'::jsonb || settings;
alter table automated_profiles
  -- The configuration profile with the network that such a device comes back over, sealed; null without one.
  add column sealed_return_network bytea;
