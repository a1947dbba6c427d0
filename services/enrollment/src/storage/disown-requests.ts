import { type Kysely, sql } from "kysely";
import type { EnrollmentDatabase } from "./tables.ts";

type Connection = Kysely<EnrollmentDatabase>;

/** Whoever is behind a request, a user or a token without one. */
export interface Asker {
  readonly tenant: string;
  readonly person: string;
}

/** Which devices of which server: the digest of their serial numbers, in whatever order they were named. */
export interface DisownedSet {
  readonly serverId: string;
  readonly devices: string;
}

/** The devices that somebody gave up alone since then. Two requests of one person wait for each other. */
export async function lockDisownedAlone(
  connection: Connection,
  { person, tenant }: Asker,
  since: Date,
): Promise<ReadonlySet<string>> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`disowned_alone/${tenant}/${person}`}, 0))`.execute(
    connection,
  );
  await sql`delete from disowned_alone where tenant = ${tenant} and asked_at <= ${since}`.execute(connection);
  const { rows } = await sql<{ serial_number: string }>`
    select serial_number from disowned_alone where tenant = ${tenant} and person = ${person}`.execute(connection);
  return new Set(rows.map(({ serial_number }) => serial_number));
}

export async function noteDisownedAlone(
  connection: Connection,
  { person, tenant }: Asker,
  serialNumbers: readonly string[],
  at: Date,
): Promise<void> {
  await sql`
    insert into disowned_alone (tenant, person, serial_number, asked_at)
    select ${tenant}, ${person}, serial_number, ${at}::timestamptz from unnest(${[...serialNumbers]}::text[]) serial_number
    on conflict (tenant, person, serial_number) do update set asked_at = excluded.asked_at`.execute(connection);
}

/** Whether another person asked for just this, and still means it. */
export async function wasAskedByAnother(
  connection: Connection,
  { person, tenant }: Asker,
  { devices, serverId }: DisownedSet,
  now: Date,
): Promise<boolean> {
  const { rows } = await sql`
    select from disown_requests
    where tenant = ${tenant} and server_id = ${serverId} and devices = ${devices} and person <> ${person} and expires_at > ${now}
    limit 1`.execute(connection);
  return rows.length > 0;
}

export async function keepDisownRequest(
  connection: Connection,
  { person, tenant }: Asker,
  { devices, serverId }: DisownedSet,
  asked: { readonly by: string; readonly reason: string; readonly now: Date; readonly expiresAt: Date },
): Promise<void> {
  await sql`delete from disown_requests where tenant = ${tenant} and expires_at <= ${asked.now}`.execute(connection);
  await sql`
    insert into disown_requests (tenant, server_id, devices, person, asked_by, reason, expires_at)
    values (${tenant}, ${serverId}, ${devices}, ${person}, ${asked.by}, ${asked.reason}, ${asked.expiresAt})
    on conflict (tenant, server_id, devices, person) do update
    set asked_by = excluded.asked_by, reason = excluded.reason, expires_at = excluded.expires_at`.execute(connection);
}

export async function endDisownRequests(
  connection: Connection,
  tenant: string,
  { devices, serverId }: DisownedSet,
): Promise<void> {
  await sql`
    delete from disown_requests where tenant = ${tenant} and server_id = ${serverId} and devices = ${devices}`.execute(
    connection,
  );
}
