-- Devices from before could not come supervised from Setup Assistant.
update devices
  set apple = '{"supervised": false, "releasedByHand": false}'::jsonb || apple
  where apple is not null;
