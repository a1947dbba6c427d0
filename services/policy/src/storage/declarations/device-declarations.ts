import { DeclarationState } from "@muster/contracts/gen/muster/policy/v1/declaration";
import { decodePageToken, pageSize, toPage } from "@muster/postgres/page";
import { sql, type Transaction } from "kysely";
import type { Payload } from "../../domain/declarations/payload-key.ts";
import type { PolicyTables } from "../tables.ts";

type Sql = Transaction<PolicyTables>;

/** A declaration on a channel of a device. */
export interface DeviceDeclarationRow {
  readonly deviceId: string;
  readonly displayName: string;
  readonly userId: string;
  readonly declarationId: string | null;
  readonly name: string | null;
  readonly identifier: string;
  readonly type: string | null;
  readonly state: DeclarationState;
  readonly reasons: readonly Payload[] | null;
  readonly reportedAt: Date | null;
  /** The status items about updates, of a declaration that asks for one. */
  readonly update: Payload | null;
}

/** Where member m of a set stands, by what the channel told of it (s). */
const STATE = sql`case
  when s.identifier is null or s.server_token <> m.server_token or (s.valid = 'unknown' and not s.active) then 'DECLARATION_STATE_PENDING'
  when s.valid = 'invalid' then 'DECLARATION_STATE_INVALID'
  when s.active then 'DECLARATION_STATE_ACTIVE'
  else 'DECLARATION_STATE_INACTIVE' end`;

const MEMBERS = sql`declaring_channels c
  join declaration_set_members m on m.tenant = c.tenant and m.digest = c.digest
  left join declared_states s on s.tenant = c.tenant and s.device_id = c.device_id and s.user_id = c.user_id
    and s.kind = m.kind and s.identifier = m.identifier`;

const WITH_NAMES = sql`left join devices p on p.tenant = c.tenant and p.id = c.device_id
  left join declarations d on d.tenant = c.tenant and d.identifier = m.identifier
  left join declaration_bodies b on b.tenant = m.tenant and b.server_token = m.server_token
  left join declared_status t on t.tenant = c.tenant and t.device_id = c.device_id and t.user_id = c.user_id
    and b.body like '%softwareupdate.enforcement.specific%'`;

const COLUMNS = sql`c.device_id as "deviceId", coalesce(p.display_name, '') as "displayName", c.user_id as "userId",
  d.id::text as "declarationId", d.name, m.identifier, b.body::json ->> 'Type' as type, ${STATE} as state,
  case when s.server_token = m.server_token then s.reasons end as reasons, s.reported_at as "reportedAt",
  t.items -> 'softwareupdate' as update`;

/** All declarations of a device by channel and identifier, and those that it still has and should not. */
export async function listOfDevice(db: Sql, tenant: string, deviceId: string): Promise<DeviceDeclarationRow[]> {
  const { rows } = await sql<DeviceDeclarationRow>`
    select ${COLUMNS} from ${MEMBERS} ${WITH_NAMES} where c.tenant = ${tenant} and c.device_id = ${deviceId}
    union all
    select s.device_id, coalesce(p.display_name, ''), s.user_id, d.id::text, d.name, s.identifier, d.type,
      'DECLARATION_STATE_REMOVING', s.reasons, s.reported_at, null
    from declared_states s
    join declaring_channels c on c.tenant = s.tenant and c.device_id = s.device_id and c.user_id = s.user_id
    left join devices p on p.tenant = s.tenant and p.id = s.device_id
    left join declarations d on d.tenant = s.tenant and d.identifier = s.identifier
    where s.tenant = ${tenant} and s.device_id = ${deviceId} and not exists (
      select 1 from declaration_set_members m where m.tenant = c.tenant and m.digest = c.digest and m.kind = s.kind
        and m.identifier = s.identifier)
    order by 3, 6`.execute(db);
  return rows;
}

export interface DevicesQuery {
  readonly state: DeclarationState;
  readonly pageSize: number;
  readonly pageToken: string;
}

/** The channels that have a declaration, by device. */
export async function listOfDeclaration(db: Sql, tenant: string, identifier: string, query: DevicesQuery) {
  const size = pageSize(query.pageSize);
  const [device, user] = decodePageToken(query.pageToken, 2) ?? ["", ""];
  const state = query.state === DeclarationState.DECLARATION_STATE_UNSPECIFIED ? null : query.state;
  const { rows } = await sql<DeviceDeclarationRow>`
    select ${COLUMNS} from ${MEMBERS} ${WITH_NAMES}
    where c.tenant = ${tenant} and m.identifier = ${identifier} and (c.device_id, c.user_id) > (${device}::text, ${user}::text)
      and (${state}::text is null or ${STATE} = ${state}::text)
    order by c.device_id, c.user_id limit ${size + 1}`.execute(db);
  return toPage(rows, size, (last) => [last.deviceId, last.userId]);
}

export interface StateCounts {
  readonly pending: number;
  readonly active: number;
  readonly inactive: number;
  readonly invalid: number;
}

const NONE: StateCounts = { pending: 0, active: 0, inactive: 0, invalid: 0 };

/** On how many channels each of these declarations stands where. */
export async function countStates(
  db: Sql,
  tenant: string,
  identifiers: readonly string[],
): Promise<(identifier: string) => StateCounts> {
  const { rows } = await sql<StateCounts & { readonly identifier: string }>`
    select identifier, (count(*) filter (where state = 'DECLARATION_STATE_PENDING'))::int as pending,
      (count(*) filter (where state = 'DECLARATION_STATE_ACTIVE'))::int as active,
      (count(*) filter (where state = 'DECLARATION_STATE_INACTIVE'))::int as inactive,
      (count(*) filter (where state = 'DECLARATION_STATE_INVALID'))::int as invalid
    from (select m.identifier, ${STATE} as state from ${MEMBERS}
      where c.tenant = ${tenant} and m.tenant = ${tenant} and m.identifier = any(${identifiers}::text[])) stands
    group by identifier`.execute(db);
  const counts = new Map(rows.map((row) => [row.identifier, row]));
  return (identifier) => counts.get(identifier) ?? NONE;
}
