-- Which devices a person gave up at Apple without a second person, and when: as many rows within the sliding hour as the limit
-- allows. person: the user's id, behind an API token too.
create table disowned_alone (
  tenant text not null,
  person text not null,
  serial_number text not null,
  asked_at timestamptz not null,
  primary key (tenant, person, serial_number)
);
call isolate_by_tenant('disowned_alone');

-- What one person asked for that a second one has to ask for, too. devices: SHA-256 over the sorted serial numbers.
create table disown_requests (
  tenant text not null,
  server_id uuid not null,
  devices text not null,
  person text not null,
  asked_by text not null,
  reason text not null,
  expires_at timestamptz not null,
  primary key (tenant, server_id, devices, person),
  foreign key (tenant, server_id) references automated_servers (tenant, id) on delete cascade
);
call isolate_by_tenant('disown_requests');
