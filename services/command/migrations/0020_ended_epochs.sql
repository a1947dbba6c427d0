-- Devices that enrolled anew. What they were asked before is handed to nobody from the moment on that their channel has the new epoch;
-- it is cancelled, and told of, behind that: a thousand commands are not in the way of the device's first visit.
create table apple_ended_epochs (
  tenant text not null,
  device_id uuid not null,
  -- The epoch that began: what is of an earlier one ends.
  epoch integer not null,
  primary key (tenant, device_id, epoch)
);
call isolate_by_tenant('apple_ended_epochs');
