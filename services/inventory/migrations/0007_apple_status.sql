-- Which report of an Apple device's status was written last: an older one, heard late, says nothing.
create table apple_status_versions (
  tenant text not null,
  device_id text not null,
  version bigint not null,
  primary key (tenant, device_id)
) with (fillfactor = 80);
call isolate_by_tenant('apple_status_versions');
