import { sql, type Transaction } from "kysely";
import { refuse } from "../../domain/refusals.ts";
import type { Dialect } from "../../domain/signals/security-event.ts";
import type { Delivery, StreamDraft, StreamStatus } from "../../domain/signals/stream-draft.ts";
import type { NotificationTables } from "../tables.ts";

type Db = Transaction<NotificationTables>;

export interface HeldStream {
  readonly tenant: string;
  readonly id: string;
  readonly receiver_id: string;
  readonly delivery: Delivery;
  readonly endpoint_url: string;
  readonly authorization_sealed: Buffer | null;
  readonly events_requested: readonly string[];
  readonly description: string;
  readonly status: StreamStatus;
  readonly status_reason: string;
  readonly refused: number;
  readonly dropped: number;
  readonly last_error: string;
  readonly last_success_at: Date | null;
  readonly failures: number;
  readonly failing_since: Date | null;
  readonly created_at: Date;
  readonly backlog: number;
  /** Of its receiver. */
  readonly audience: string;
  readonly dialect: Dialect;
}

/** Stream s with its receiver r. */
export const STREAM_COLUMNS = sql`s.*, r.dialect, case when r.audience = '' then r.id::text else r.audience end as audience`;

const COUNTED = sql`${STREAM_COLUMNS}, (select count(*)::int from signals g
    where g.tenant = s.tenant and g.stream_id = s.id and g.refused_at is null) as backlog
  from signal_streams s join signal_receivers r on r.tenant = s.tenant and r.id = s.receiver_id`;

export async function listStreams(db: Db, tenant: string): Promise<HeldStream[]> {
  return (await sql<HeldStream>`select ${COUNTED} where s.tenant = ${tenant}`.execute(db)).rows;
}

export async function streamOf(db: Db, tenant: string, receiverId: string): Promise<HeldStream | undefined> {
  const { rows } = await sql<HeldStream>`
    select ${COUNTED} where s.tenant = ${tenant} and s.receiver_id = ${receiverId}`.execute(db);
  return rows[0];
}

/** A receiver's own stream; another's looks like one that there never was. */
export async function ownStream(db: Db, tenant: string, receiverId: string, id: unknown): Promise<HeldStream> {
  const stream = await streamOf(db, tenant, receiverId);
  if (stream === undefined || stream.id !== id) throw refuse("signal.stream_unknown", "there is no such stream");
  return stream;
}

export async function insertStream(
  db: Db,
  { tenant, id, receiverId }: { tenant: string; id: string; receiverId: string },
  draft: StreamDraft,
  sealed: Buffer | null,
  now: Date,
): Promise<void> {
  const { numAffectedRows } = await sql`
    insert into signal_streams (tenant, id, receiver_id, delivery, endpoint_url, authorization_sealed, events_requested, description, created_at)
    values (${tenant}, ${id}, ${receiverId}, ${draft.delivery}, ${draft.endpointUrl}, ${sealed}, ${[...draft.eventsRequested]}::text[],
      ${draft.description}, ${now})
    on conflict on constraint signal_streams_one_a_receiver do nothing`.execute(db);
  if (numAffectedRows === 0n) {
    throw refuse("signal.stream_exists", "the receiver has a stream: change that one, or delete it first");
  }
}

/** Writes a configuration, and takes the stream from whoever sends to the address before; the new one is tried at once. */
export async function updateStream(
  db: Db,
  { tenant, id }: HeldStream,
  draft: StreamDraft,
  sealed: Buffer | null,
): Promise<void> {
  await sql`
    update signal_streams set delivery = ${draft.delivery}, endpoint_url = ${draft.endpointUrl}, authorization_sealed = ${sealed},
      events_requested = ${[...draft.eventsRequested]}::text[], description = ${draft.description},
      failures = 0, failing_since = null, next_attempt_at = '-infinity', holder = null, held_until = '-infinity'
    where tenant = ${tenant} and id = ${id}`.execute(db);
}

export async function deleteStream(db: Db, { tenant, id }: HeldStream): Promise<void> {
  await sql`delete from signal_streams where tenant = ${tenant} and id = ${id}`.execute(db);
  await sql`delete from signals where tenant = ${tenant} and stream_id = ${id}`.execute(db);
}

/** Once it is enabled, it has its whole patience anew. What waits for a disabled stream goes, and nothing of it comes back. */
export async function writeStatus(
  db: Db,
  { tenant, id, status: before }: Pick<HeldStream, "tenant" | "id" | "status">,
  status: StreamStatus,
  reason: string,
): Promise<void> {
  await sql`
    update signal_streams set status = ${status}, status_reason = ${reason}, failures = 0, failing_since = null, next_attempt_at = '-infinity'
    where tenant = ${tenant} and id = ${id}`.execute(db);
  if (status === "disabled" || before === "disabled") {
    await sql`delete from signals where tenant = ${tenant} and stream_id = ${id} and refused_at is null`.execute(db);
  }
}

/** Notes that a verification is asked for, unless one was so short ago. */
export async function beginVerification(db: Db, { tenant, id }: HeldStream, leastSeconds: number): Promise<void> {
  const { numAffectedRows } = await sql`
    update signal_streams set verified_at = now() where tenant = ${tenant} and id = ${id}
      and (verified_at is null or verified_at <= now() - make_interval(secs => ${leastSeconds}))`.execute(db);
  if (numAffectedRows === 0n) {
    throw refuse("signal.too_soon", `a stream is verified once in ${leastSeconds} seconds`, {
      retryAfterSec: leastSeconds,
    });
  }
}
