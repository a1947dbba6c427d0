-- The devices of which policy has said what they are to have before they leave Setup Assistant, for which enrollment. Policy may
-- be heard before enrollment is.
create table apple_readiness (
  tenant text not null,
  device_id uuid not null,
  epoch integer not null,
  primary key (tenant, device_id)
);
call isolate_by_tenant('apple_readiness');
