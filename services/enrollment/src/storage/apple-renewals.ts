import { sql, type Transaction } from "kysely";
import type { AppleEnrollment } from "../domain/apple/apple-enrollment.ts";
import type { EnrollmentDatabase } from "./tables.ts";

type Connection = Transaction<EnrollmentDatabase>;

/** An enrollment whose certificate is to be renewed. */
export interface Ending {
  readonly tenant: string;
  readonly enrollmentId: string;
  readonly deviceId: string;
  readonly notAfter: Date;
}

interface EndingRow {
  readonly tenant: string;
  readonly id: string;
  readonly device_id: string;
  readonly in_use_not_after: Date;
}

const endingOf = (row: EndingRow): Ending => ({
  tenant: row.tenant,
  enrollmentId: row.id,
  deviceId: row.device_id,
  notAfter: row.in_use_not_after,
});

// The enrollment that speaks for its device now, and none of its earlier ones.
const managed = sql`d.tenant = e.tenant and d.id = e.device_id and d.status = 'enrolled' and d.apple->>'enrollmentId' = e.id::text`;

// None is on its way that was asked for before `over`, whatever became of it.
const noneOnItsWay = (over: Date) => sql`(e.renewal_command_id is null or e.renewal_asked_at <= ${over})`;

interface When {
  readonly ends: Date;
  readonly askedBefore: Date;
  /** What was asked for before this moment is on its way no longer. */
  readonly over: Date;
}

/** Enrollments of any tenant whose certificate ends before `ends`, still good, not asked since `askedBefore`; locked. */
export async function lockEnding(
  connection: Connection,
  now: Date,
  { askedBefore, ends, over }: When,
  limit: number,
): Promise<Ending[]> {
  const { rows } = await sql<EndingRow>`
    select e.tenant, e.id, e.device_id, e.in_use_not_after from apple_enrollments e join devices d on ${managed}
    where e.device_id is not null and e.in_use_not_after > ${now} and e.in_use_not_after < ${ends}
      and ${noneOnItsWay(over)} and (e.renewal_asked_at is null or e.renewal_asked_at <= ${askedBefore})
    order by e.in_use_not_after limit ${limit} for update of e skip locked`.execute(connection);
  return rows.map(endingOf);
}

/** The enrollment of a device that no renewal is on its way to that was asked for after `over`, locked. */
export async function lockRenewable(
  connection: Connection,
  { deviceId, tenant }: Pick<Ending, "tenant" | "deviceId">,
  over: Date,
): Promise<Ending | undefined> {
  const { rows } = await sql<EndingRow>`
    select e.tenant, e.id, e.device_id, e.in_use_not_after from apple_enrollments e join devices d on ${managed}
    where e.tenant = ${tenant} and e.device_id = ${deviceId} and ${noneOnItsWay(over)}
    for update of e`.execute(connection);
  return rows.map(endingOf)[0];
}

/** Writes which command renews each. */
export async function noteAsked(
  connection: Connection,
  asked: readonly (Ending & { readonly commandId: string })[],
  now: Date,
): Promise<void> {
  await sql`
    update apple_enrollments e set renewal_command_id = n.command_id, renewal_asked_at = ${now}
    from unnest(${asked.map(({ tenant }) => tenant)}::text[], ${asked.map(({ enrollmentId }) => enrollmentId)}::uuid[],
      ${asked.map(({ commandId }) => commandId)}::uuid[]) as n (tenant, id, command_id)
    where e.tenant = n.tenant and e.id = n.id`.execute(connection);
}

/** Of commands that ended, those that were to renew a certificate are on their way no longer. */
export async function forgetAsked(
  connection: Connection,
  commands: readonly { readonly tenant: string; readonly id: string }[],
): Promise<void> {
  await sql`
    update apple_enrollments e set renewal_command_id = null
    from unnest(${commands.map(({ tenant }) => tenant)}::text[], ${commands.map(({ id }) => id)}::uuid[]) as n (tenant, id)
    where e.tenant = n.tenant and e.renewal_command_id = n.id`.execute(connection);
}

/** The device came with its new certificate. */
export async function noteRenewed(
  connection: Connection,
  { id, tenant }: Pick<AppleEnrollment, "tenant" | "id">,
  notAfter: Date,
): Promise<void> {
  await connection
    .updateTable("apple_enrollments")
    .set({ in_use_not_after: notAfter, renewal_command_id: null })
    .where("tenant", "=", tenant)
    .where("id", "=", id)
    .execute();
}
