import { sql, type Transaction } from "kysely";
import type { ComplianceFlip, GroundNews } from "../../domain/signals/compliance.ts";
import type { NotificationTables } from "../tables.ts";

type Db = Transaction<NotificationTables>;

/**
 * Applies news, at most one of each device, and finds the devices whose compliance as a whole is now another. A device's row is
 * locked first, so that two replicas which hear of two grounds at once tell of one flip.
 */
export async function applyGrounds(db: Db, news: readonly GroundNews[]): Promise<ComplianceFlip[]> {
  const tenants = news.map(({ tenant }) => tenant);
  const devices = news.map(({ deviceId }) => deviceId);
  const DEVICES = sql`unnest(${tenants}::text[], ${devices}::text[])`;
  await sql`
    insert into device_compliance (tenant, device_id, compliant, changed_at)
    select n.tenant, n.device_id, true, now() from ${DEVICES} as n (tenant, device_id) order by 1, 2
    on conflict (tenant, device_id) do nothing`.execute(db);
  await sql`
    select 1 from device_compliance d where (d.tenant, d.device_id) in (select * from ${DEVICES})
    order by d.tenant, d.device_id for update`.execute(db);
  await sql`
    with applied as (
      insert into compliance_grounds as g (tenant, device_id, ground, version, breaks)
      select * from unnest(${tenants}::text[], ${devices}::text[], ${news.map(({ ground }) => ground)}::text[],
        ${news.map(({ version }) => version)}::bigint[], ${news.map(({ breaks }) => breaks)}::boolean[])
      on conflict (tenant, device_id, ground) do update set version = excluded.version, breaks = excluded.breaks
      where g.version < excluded.version
      returning g.tenant, g.device_id, g.ground
    )
    update compliance_grounds o set breaks = false
    from applied a join unnest(${tenants}::text[], ${devices}::text[], ${news.map(({ clearsOthers }) => clearsOthers)}::boolean[])
      as n (tenant, device_id, clears) on n.tenant = a.tenant and n.device_id = a.device_id
    where n.clears and o.tenant = a.tenant and o.device_id = a.device_id and o.ground <> a.ground and o.breaks`.execute(
    db,
  );
  const { rows } = await sql<{ tenant: string; device_id: string; compliant: boolean }>`
    update device_compliance d set compliant = not d.compliant, changed_at = now()
    from ${DEVICES} as n (tenant, device_id)
    where d.tenant = n.tenant and d.device_id = n.device_id and d.compliant = exists (
      select 1 from compliance_grounds g where g.tenant = d.tenant and g.device_id = d.device_id and g.breaks)
    returning d.tenant, d.device_id, d.compliant`.execute(db);
  const flipped = new Map(rows.map((row) => [`${row.tenant}/${row.device_id}`, row.compliant]));
  return news.flatMap((cause) => {
    const compliant = flipped.get(`${cause.tenant}/${cause.deviceId}`);
    return compliant === undefined ? [] : [{ compliant, cause }];
  });
}
