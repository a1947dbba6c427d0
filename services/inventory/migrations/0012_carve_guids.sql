-- How a host calls the carve that it began for a question: its own request to send the files names nothing else.
alter table carves add column host_guid text;
create index carves_by_guid on carves (tenant, device_id, host_guid) where host_guid is not null;
