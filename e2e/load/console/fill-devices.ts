import { Client } from "pg";

/** Of whom the list is: a tenant of a platform whose Postgres is reached as its owner. */
export interface FilledTenant {
  readonly databaseUrl: string;
  readonly tenant: string;
  /** A label by hand, which every hundredth device gets. */
  readonly labelId: string;
}

/** How many packages a device has, of how many that there are. */
const PACKAGES = { each: 200, known: 6000 };

/**
 * Writes devices as inventory would have them after their first answers: who they are, when they were seen, their label and
 * their software, and policy how each stands. Written into their tables in one go, for 100,000 devices at the true door take half an hour.
 */
export async function fillDevices(
  { databaseUrl, tenant, labelId }: FilledTenant,
  from: number,
  to: number,
): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query("begin");
    await client.query("set local search_path to inventory, public");
    const range = [tenant, from, to - 1];
    await client.query(DEVICES, [...range, labelId]);
    await client.query(PRESENCE, [tenant]);
    await client.query(MEMBERS, [tenant, labelId]);
    await client.query(SOFTWARE, [tenant, PACKAGES.known]);
    await client.query(DEVICE_SOFTWARE, [tenant, PACKAGES.each]);
    await client.query(SOFTWARE_COUNTS, [tenant]);
    await client.query("set local search_path to policy, public");
    await client.query(POLICIES, [tenant, POLICY_COUNT]);
    await client.query(VERDICTS, [...range, POLICY_COUNT]);
    await client.query("commit");
    for (const table of ["devices", "presence", "label_members", "software", "device_software"]) {
      await client.query(`vacuum analyze inventory.${table}`);
    }
    await client.query("vacuum analyze policy.verdicts");
  } finally {
    await client.end();
  }
}

const POLICY_COUNT = 10;

const DEVICES = `
  insert into devices (tenant, id, display_name, hostname, platform, ownership, method, os_name, os_version, agent_version,
    hardware_vendor, hardware_model, hardware_serial, hardware_uuid, primary_address, enrolled_at, version, label_ids)
  select $1, gen_random_uuid(), name, name, platform, 'OWNERSHIP_CORPORATE', 'METHOD_OSQUERY', os, os_version, '5.14.1',
    vendor, model, 'LD' || upper(substr(digest, 1, 8)), digest::uuid,
    '10.' || n / 65536 % 256 || '.' || n / 256 % 256 || '.' || n % 256, now() - n * interval '1 minute', 1,
    case when n % 100 = 0 then array[$4] else '{}' end
  from (select n, md5('load ' || n) as digest, 'load-' || substr(md5('load ' || n), 1, 4) || '-' || lpad(n::text, 7, '0') as name
    from generate_series($2::int, $3::int) n) named
  join (values (0, 'PLATFORM_MACOS', 'macOS', '15.6.1', 'Apple Inc.', 'MacBookPro18,3'),
    (1, 'PLATFORM_WINDOWS', 'Microsoft Windows 11 Pro', '10.0.22631', 'LENOVO', '21HM004GGE'),
    (2, 'PLATFORM_LINUX', 'Ubuntu', '24.04.1 LTS (Noble Numbat)', 'Dell Inc.', 'Latitude 7450')
  ) as kinds (kind, platform, os, os_version, vendor, model) on kind = case when n % 50 = 7 then 2 else n % 2 end`;

/** Those that are there stay there as long as it is measured, though nothing is heard of them. */
const PRESENCE = `
  insert into presence (tenant, device_id, last_seen_at)
  select d.tenant, d.id, case when d.hostname > 'load-1' and right(d.hostname, 2) < '20' then now() - interval '2 days'
    else now() + interval '1 day' end
  from devices d where d.tenant = $1 on conflict do nothing`;

const MEMBERS = `
  insert into label_members (tenant, label_id, device_id)
  select tenant, $2::uuid, id from devices where tenant = $1 and label_ids @> array[$2::text] on conflict do nothing`;

const SOFTWARE = `
  insert into software (tenant, name, version, source, vendor)
  select $1, 'load-package-' || n, '1.' || n % 17 || '.' || n % 5, 'deb', '' from generate_series(0, $2::int - 1) n
  on conflict do nothing`;

/** The first hundred packages are on every device; of the others each has its own share, one of them by its number. */
const DEVICE_SOFTWARE = `
  insert into device_software (tenant, device_id, source, ids, since)
  select d.tenant, d.id, 'deb', (
    select array_agg(distinct known.ids[1 + case when k <= 100 then k
      when k = $2::int then 101 + right(d.hostname, 7)::int % (array_length(known.ids, 1) - 101)
      else abs(hashtext(d.id::text || k)) % array_length(known.ids, 1) end])
    from generate_series(1, $2::int) k), now()
  from devices d, (select array_agg(id order by id) as ids from software where tenant = $1) known
  where d.tenant = $1 and d.hostname like 'load-%' on conflict do nothing`;

const SOFTWARE_COUNTS = `
  update software s set device_count = counted.devices from (
    select id, count(*) as devices from device_software, unnest(ids) id where tenant = $1 group by id) counted
  where s.tenant = $1 and s.id = counted.id`;

const POLICIES = `
  insert into policies (tenant, id, name, description, query, device_ids, label_ids, platforms, severity, resolution,
    interval_seconds, remediation_script_id, enabled, revision, question_revision, created_at, updated_at)
  select $1, md5('load policy ' || n)::uuid, 'load policy ' || n, '', 'select 1', '{}', '{}', '{}', 'SEVERITY_LOW', '', 3600, '',
    true, 1, 1, now(), now()
  from generate_series(0, $2::int - 1) n on conflict do nothing`;

/** One device in forty fails a policy; one in fifty of the last half of the list has not answered one. */
const VERDICTS = `
  insert into verdicts (tenant, policy_id, device_id, verdict, reason, since, version, answer_revision, answer_version, evidence)
  select $1, md5('load policy ' || p)::uuid, d.id, case when p = n / 40 % 10 and n % 40 = 7 then 'VERDICT_FAIL'
    when p = n / 50 % 10 and n % 50 = 9 and hostname > 'load-8' then 'VERDICT_UNKNOWN' else 'VERDICT_PASS' end,
    '', now(), 1, 1, 1, '[]'
  from (select id::text, hostname, right(hostname, 7)::int as n from inventory.devices where tenant = $1 and hostname like 'load-%') d,
    generate_series(0, $4::int - 1) p
  where n between $2::int and $3::int`;
