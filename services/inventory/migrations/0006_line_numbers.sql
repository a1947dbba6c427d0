-- The number of the newest line that each scheduled query of each device logged.
create table query_lines (
  tenant text not null,
  device_id uuid not null,
  name text not null,
  last bigint not null,
  last_at timestamptz not null,
  primary key (tenant, device_id, name)
) with (fillfactor = 80);
create index query_lines_age on query_lines (last_at);
call isolate_by_tenant('query_lines');

-- Lines of a device and query are numbered, so that those beyond what is kept are found by their number.
alter table query_results add column line bigint not null default 0;
update query_results r set line = n.line
from (select tenant, id, row_number() over (partition by tenant, device_id, name order by id) as line from query_results) n
where r.tenant = n.tenant and r.id = n.id;
insert into query_lines (tenant, device_id, name, last, last_at)
select tenant, device_id, name, max(line), max(received_at) from query_results group by tenant, device_id, name;
create index query_results_by_line on query_results (tenant, device_id, name, line);
drop index query_results_by_device;

create index software_changes_age on software_changes (seen_at);
