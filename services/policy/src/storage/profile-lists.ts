import { ProfileState } from "@muster/contracts/gen/muster/policy/v1/profile";
import { decodePageToken, pageSize, toPage } from "@muster/postgres/page";
import { sql, type Transaction } from "kysely";
import { validate as isUuid } from "uuid";
import type { DeviceProfile } from "../domain/profiles/device-profile.ts";
import { type DeviceProfileRow, deviceProfileOf } from "./device-profiles.ts";
import type { PolicyTables } from "./tables.ts";

export interface ListedProfile {
  readonly row: DeviceProfile;
  /** The name people know the device by. */
  readonly displayName: string;
}

type ListedRow = DeviceProfileRow & { display_name: string };

const listedOf = (row: ListedRow): ListedProfile => ({ row: deviceProfileOf(row), displayName: row.display_name });

const JOINED = sql`device_profiles h join devices d on d.tenant = h.tenant and d.id = h.device_id`;

interface DevicesQuery {
  readonly profileId: string;
  /** Only this state; unspecified means all. */
  readonly state: ProfileState;
  readonly pageSize: number;
  readonly pageToken: string;
}

/** The devices of one profile, by state and id. */
export async function listDevicesOf(
  db: Transaction<PolicyTables>,
  tenant: string,
  { profileId, state, ...query }: DevicesQuery,
): Promise<{ readonly profiles: ListedProfile[]; readonly nextPageToken: string }> {
  if (!isUuid(profileId)) return { profiles: [], nextPageToken: "" };
  const size = pageSize(query.pageSize);
  const after = decodePageToken(query.pageToken, 3) ?? ["", "", ""];
  const only = state === ProfileState.PROFILE_STATE_UNSPECIFIED ? null : state;
  const { rows } = await sql<ListedRow>`
    select h.*, d.display_name from ${JOINED}
    where h.tenant = ${tenant} and h.profile_id = ${profileId} and (${only}::text is null or h.state = ${only}::text)
      and (h.state, h.device_id, h.user_id) > (${after[0]}::text, ${after[1]}::text, ${after[2]}::text)
    order by h.state, h.device_id, h.user_id limit ${size + 1}`.execute(db);
  const page = toPage(rows, size, (last) => [last.state, last.device_id, last.user_id]);
  return { profiles: page.rows.map(listedOf), nextPageToken: page.nextPageToken };
}

/** All profiles on one device, by their names. */
export async function listProfilesOf(
  db: Transaction<PolicyTables>,
  tenant: string,
  deviceId: string,
): Promise<ListedProfile[]> {
  const { rows } = await sql<ListedRow>`
    select h.*, d.display_name from ${JOINED}
    where h.tenant = ${tenant} and h.device_id = ${deviceId} order by h.profile_name, h.user_id`.execute(db);
  return rows.map(listedOf);
}
