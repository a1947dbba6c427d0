-- What another server knew of devices that are to come here.
create table imported_devices (
  tenant text not null,
  id uuid not null,
  -- Where it is from, for people.
  source text not null,
  -- As the device will say them, and as they are searched by; one of the two at least.
  udid text not null,
  serial_number text not null,
  udid_key text,
  serial_key text,
  -- The secrets that wait for the device, sealed; null when none does any more.
  sealed bytea,
  secret_kinds text[] not null,
  imported_at timestamptz not null,
  -- The device that it is, once it came.
  device_id uuid,
  arrived_at timestamptz,
  primary key (tenant, id),
  check (udid_key is not null or serial_key is not null)
);
call isolate_by_tenant('imported_devices');
create unique index imported_devices_udid on imported_devices (tenant, udid_key) where udid_key is not null;
create unique index imported_devices_serial on imported_devices (tenant, serial_key) where serial_key is not null;
