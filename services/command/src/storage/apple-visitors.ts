import { sql, type Transaction } from "kysely";
import type { AppleChannel } from "../domain/apple/apple-channel.ts";
import { channelColumns, channelOf } from "./apple-channels.ts";
import type { AppleChannelsTable, CommandDatabase } from "./tables.ts";

/** An enrollment, as a certificate names it. */
export interface EnrollmentKey {
  readonly tenant: string;
  readonly enrollmentId: string;
}

/** A device that is here, and whether there is anything about it to look into. */
export interface Visitor {
  readonly channel: AppleChannel;
  /** Something that it was asked is open. */
  readonly asked: boolean;
  /** It is owed a push. */
  readonly owed: boolean;
  /** It has to be asked how installations go on. */
  readonly installing: boolean;
}

type Row = AppleChannelsTable & Omit<Visitor, "channel">;

export const enrollmentKey = ({ tenant, enrollmentId }: EnrollmentKey): string => `${tenant}/${enrollmentId}`;

/**
 * The devices that these enrollments speak for, by `enrollmentKey`. All of it is seen at one moment: who is asked for something
 * after it is owed a push after it, too, and this visit leaves that alone.
 */
export async function findVisitors(
  db: Transaction<CommandDatabase>,
  keys: readonly EnrollmentKey[],
  now: Date,
): Promise<Map<string, Visitor>> {
  // Not by EXISTS: that may be answered from a list of all that there is, which is short while nothing is as the plan is made.
  const { rows } = await sql<Row>`
    select ${channelColumns},
      (select true from commands o where o.tenant = c.tenant and o.device_id = c.device_id and o.request_type <> ''
        and o.ended_at is null limit 1) is not null as asked,
      (select true from apple_push_dues d where d.tenant = c.tenant and d.device_id = c.device_id limit 1) is not null as owed,
      (select true from app_installs i where i.tenant = c.tenant and i.device_id = c.device_id and i.state = 'accepted'
        and i.ask_at <= ${now} limit 1) is not null as installing
    from unnest(${keys.map(({ tenant }) => tenant)}::text[],
      ${keys.map(({ enrollmentId }) => enrollmentId)}::uuid[]) as visit (tenant, enrollment_id)
    join apple_channels c on c.tenant = visit.tenant and c.enrollment_id = visit.enrollment_id`.execute(db);
  return new Map(
    rows.map((row) => [
      `${row.tenant}/${row.enrollment_id}`,
      { channel: channelOf(row), asked: row.asked, owed: row.owed, installing: row.installing },
    ]),
  );
}
