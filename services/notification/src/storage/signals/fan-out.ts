import { sql, type Transaction } from "kysely";
import type { ComplianceFlip } from "../../domain/signals/compliance.ts";
import {
  complianceChange,
  DEVICE_COMPLIANCE_CHANGE,
  SESSION_REVOKED,
  sessionRevoked,
} from "../../domain/signals/event-types.ts";
import type { NotificationTables } from "../tables.ts";

/**
 * Puts signals of flips into every stream that asked for them: that a device complies or not, and, of one whose person is known,
 * that the sessions on it are to end. Okta knows devices by their persons, so it is told of no other.
 */
export async function addressFlips(
  db: Transaction<NotificationTables>,
  flips: readonly ComplianceFlip[],
): Promise<void> {
  await sql`
    insert into signals (tenant, stream_id, event_type, event, device_id, email, txn)
    select f.tenant, s.id, t.type, t.event, f.device_id, coalesce(p.email, ''), f.txn
    from unnest(${flips.map(({ cause }) => cause.tenant)}::text[], ${flips.map(({ cause }) => cause.deviceId)}::text[],
      ${flips.map(({ compliant }) => compliant)}::boolean[], ${flips.map(({ cause }) => cause.eventId)}::text[],
      ${flips.map((flip) => JSON.stringify(complianceChange(flip)))}::jsonb[],
      ${flips.map((flip) => JSON.stringify(sessionRevoked(flip)))}::jsonb[])
      with ordinality as f (tenant, device_id, compliant, txn, change, revocation, place)
    join signal_streams s on s.tenant = f.tenant and s.status <> 'disabled'
    join signal_receivers r on r.tenant = s.tenant and r.id = s.receiver_id
    left join device_persons p on p.tenant = f.tenant and p.device_id = f.device_id
    cross join lateral (values (0, ${DEVICE_COMPLIANCE_CHANGE}, f.change), (1, ${SESSION_REVOKED}, f.revocation))
      as t (rank, type, event)
    where t.type = any(s.events_requested)
      and (t.type <> ${SESSION_REVOKED} or (not f.compliant and p.email is not null))
      and (r.dialect <> 'okta' or p.email is not null)
      and not exists (
        select 1 from signal_exclusions x where x.tenant = s.tenant and x.stream_id = s.id
          and x.device_id in ('', f.device_id) and (x.email = '' or p.email is null or x.email = p.email)
          and (x.device_id <> '' or p.email is not null))
    order by f.place, t.rank`.execute(db);
}
