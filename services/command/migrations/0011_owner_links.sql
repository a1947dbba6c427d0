-- The one link of a device by which its owner comes to the owner's page; a new one takes its place.
create table owner_links (
  tenant text not null,
  device_id uuid not null,
  token_sha256 bytea not null,
  expires_at timestamptz not null,
  primary key (tenant, device_id)
);
call isolate_by_tenant('owner_links');
create unique index owner_links_token on owner_links (tenant, token_sha256);

-- fleetd makes a new token each hour; one that it stopped renewing is not good for ever.
alter table orbit_devices add column token_at timestamptz not null default '-infinity';
update orbit_devices set token_at = now() where token_sha256 is not null;
