-- What is told of a device beside an event about it. Enrollment's events and the facts in inventory's each bring a part,
-- in any order; each part is as new as its version says.
create table devices (
  tenant text not null,
  device_id text not null,
  enrollment_version bigint not null default 0,
  platform text not null default 'PLATFORM_UNSPECIFIED',
  ownership text not null default 'OWNERSHIP_UNSPECIFIED',
  -- While facts of the machine are not known, this is what it said of itself when it enrolled.
  machine_version bigint not null default 0,
  hostname text not null default '',
  hardware_vendor text not null default '',
  hardware_model text not null default '',
  hardware_serial text not null default '',
  os_version_version bigint not null default 0,
  os_name text not null default '',
  os_version text not null default '',
  unenrolled_at timestamptz,
  primary key (tenant, device_id),
  -- Of a device that a person owns, nothing is kept that tells whose it is.
  constraint devices_personal check (ownership <> 'OWNERSHIP_PERSONAL' or (hostname = '' and hardware_serial = ''))
);

create index devices_unenrolled on devices (unenrolled_at) where unenrolled_at is not null;

call isolate_by_tenant('devices');
