import type { Transaction } from "kysely";
import { STREAM_UPDATED, VERIFICATION } from "../../domain/signals/event-types.ts";
import type { StreamStatus } from "../../domain/signals/stream-draft.ts";
import { addAboutStream } from "../../storage/signals/queue.ts";
import { beginVerification, type HeldStream, writeStatus } from "../../storage/signals/streams.ts";
import type { NotificationTables } from "../../storage/tables.ts";

/** How long a receiver waits until it may ask for the next verification, in seconds. */
export const VERIFICATION_SECONDS = 60;

/** A status that the receiver set is written; one that it did not set is told to it as well, whether it is enabled or not. */
export async function changeStatus(
  sql: Transaction<NotificationTables>,
  stream: Pick<HeldStream, "tenant" | "id" | "status">,
  { status, reason, byReceiver, txn }: { status: StreamStatus; reason: string; byReceiver: boolean; txn: string },
): Promise<void> {
  if (stream.status === status) return;
  await writeStatus(sql, stream, status, reason);
  if (byReceiver) return;
  const event = { status, ...(reason !== "" && { reason }) };
  await addAboutStream(sql, stream, {
    eventType: STREAM_UPDATED,
    event,
    txn,
    sentWhenNotEnabled: status !== "enabled",
  });
}

/** Sends a verification event, with what the receiver wants to read in it (SSF 1.0 §8.1.4). */
export async function verifyStream(
  sql: Transaction<NotificationTables>,
  stream: HeldStream,
  { state, txn }: { state: string | undefined; txn: string },
): Promise<void> {
  await beginVerification(sql, stream, VERIFICATION_SECONDS);
  const event = state === undefined ? {} : { state };
  await addAboutStream(sql, stream, { eventType: VERIFICATION, event, txn, sentWhenNotEnabled: false });
}
