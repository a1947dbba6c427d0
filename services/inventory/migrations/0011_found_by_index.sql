-- What lists are read from. Row-level security does not let a condition that might tell what it looked at (by lower(), like,
-- @> or &&) be tried before the policy's own, so that no index serves it and the whole fleet is read. These views hold
-- the tenant's condition instead, and Postgres may put it and the others into one index. They read as the owner of the tables, whom
-- no policy binds: each must name the tenant, and show nothing where a transaction names none or all. None can be written
-- through against it: device_list joins, and the others check.
create view device_list as
select d.tenant, d.id, d.display_name, d.hostname, d.platform, d.ownership, d.method, d.os_name, d.os_version, d.agent_version,
  d.hardware_vendor, d.hardware_model, d.hardware_serial, d.hardware_uuid, d.primary_address, d.enrolled_at, p.last_seen_at,
  w.facts_at, d.label_ids, d.version, d.unenrolled, d.duplicate_of, d.search
from devices d
left join presence p on p.tenant = d.tenant and p.device_id = d.id
left join device_work w on w.tenant = d.tenant and w.device_id = d.id
where d.tenant = (select current_setting('muster.tenant', true));

create view software_list as
select tenant, id, name, version, source, vendor, device_count from software
where tenant = (select current_setting('muster.tenant', true)) with check option;

create view software_holders as
select tenant, device_id, ids from device_software
where tenant = (select current_setting('muster.tenant', true)) with check option;

create index devices_platform on devices (tenant, platform, lower(display_name), id);
create index devices_os_version on devices (tenant, os_version, lower(display_name), id);

-- How many devices carry a label is kept: who lists labels counts no devices.
alter table labels add column device_count bigint not null default 0;
update labels l set device_count = (select count(*) from label_members m where m.tenant = l.tenant and m.label_id = l.id);

create function count_label_members() returns trigger
language plpgsql as $$
begin
  -- In one order: two batches that share labels wait for each other briefly and never for ever.
  perform from labels l where (l.tenant, l.id) in (select tenant, label_id from changed)
    order by l.tenant, l.id for no key update;
  update labels l set device_count = l.device_count + case tg_op when 'INSERT' then c.devices else -c.devices end
  from (select tenant, label_id, count(*) as devices from changed group by 1, 2) c
  where l.tenant = c.tenant and l.id = c.label_id;
  return null;
end
$$;
create trigger label_members_come after insert on label_members
  referencing new table as changed for each statement execute function count_label_members();
create trigger label_members_go after delete on label_members
  referencing old table as changed for each statement execute function count_label_members();
