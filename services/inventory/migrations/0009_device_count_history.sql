-- How many devices there were of each system, and how many of them had been heard of a moment before, hour by hour. It is
-- counted once an hour, so that who looks back over a year reads these rows and no device.
create table device_count_history (
  tenant text not null,
  at timestamptz not null,
  platform text not null,
  os_name text not null,
  os_version text not null,
  devices integer not null,
  online integer not null,
  primary key (tenant, at, platform, os_name, os_version)
);
create index device_count_history_age on device_count_history (at);

call isolate_by_tenant('device_count_history');
