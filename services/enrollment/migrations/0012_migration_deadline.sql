-- Until when a device that was moved here from another server has to have enrolled, as Apple tells it.
alter table automated_devices add column migration_deadline timestamptz;
