import { wokenWithin } from "@muster/host/woken-within";
import type { ServiceDatabase } from "@muster/postgres/service-database";
import type { EventFilter } from "../domain/event-filter.ts";
import { type Position, parsePosition } from "../domain/position.ts";
import { refuse } from "../domain/refusals.ts";
import { positionSince, readAfter, readHorizon, type StreamRow } from "../storage/activity-lists.ts";
import type { NotificationTables } from "../storage/tables.ts";
import type { ActivityWakes } from "./ports.ts";

const PAGE = 500;
/** After a wake the new event may for a moment stand behind another transaction: look again soon, then ever less often. */
const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 1_000;

export interface StreamDeps {
  readonly database: ServiceDatabase<NotificationTables>;
  readonly waker: ActivityWakes;
}

/** A tenant's events from a position on, then as they happen, until the signal is aborted. None is left out or repeated. */
export async function* streamEvents(
  { database, waker }: StreamDeps,
  tenant: string,
  filter: EventFilter,
  afterPosition: string,
  signal: AbortSignal,
): AsyncGenerator<StreamRow> {
  const watch = waker.watch(tenant, signal);
  let at = await database.tenant(tenant, ({ sql }) => startAt(sql, tenant, parsePosition(afterPosition), filter.since));
  let pauseMs = FIRST_PAUSE_MS;
  while (!signal.aborted) {
    const wake = watch.next();
    const page = await database.tenant(tenant, ({ sql }) => readAfter(sql, tenant, filter, at, PAGE));
    for (const row of page.rows) {
      yield row;
      if (signal.aborted) return;
    }
    at = page.next;
    if (page.isFull) continue;
    const isWoken = await wokenWithin(wake, pauseMs);
    pauseMs = isWoken || page.rows.length > 0 ? FIRST_PAUSE_MS : Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  }
}

/** Where a reader begins: after a position, with what happened since a time, or with what is still to happen. */
export async function startAt(
  sql: Parameters<typeof readHorizon>[0],
  tenant: string,
  asked: Position | undefined,
  since: Date | undefined,
): Promise<Position> {
  const { horizon, next } = await readHorizon(sql);
  if (asked === undefined)
    return since === undefined ? { xid: horizon, seq: "0" } : positionSince(sql, tenant, since, horizon);
  if (BigInt(asked.xid) >= BigInt(next)) {
    throw refuse(
      "activity.bad_position",
      "the position lies ahead of this stream, as after a restored backup: begin with 0",
    );
  }
  return asked;
}
