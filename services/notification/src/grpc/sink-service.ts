import type { DeadLetter } from "@muster/contracts/gen/muster/notification/v1/sink";
import type { SinkServiceServer } from "@muster/contracts/gen/muster/notification/v1/sink_service";
import type { Methods } from "@muster/rpc/server";
import type { Transaction } from "kysely";
import { positionText } from "../domain/position.ts";
import { refuse } from "../domain/refusals.ts";
import {
  countDead,
  type DeadLetterRow,
  dropDeadLetters,
  listDeadLetters,
  markReplaying,
} from "../storage/dead-letters.ts";
import { readLag } from "../storage/sink-events.ts";
import { breakLease } from "../storage/sink-leases.ts";
import { findSink, type HeldSink, listSinks } from "../storage/sinks.ts";
import type { NotificationTables } from "../storage/tables.ts";
import { isUuid } from "../storage/webhooks.ts";
import { type TestSinkDeps, testSink } from "../usecases/test-sink.ts";
import {
  changeSink,
  checkSink,
  createSink,
  removeSink,
  replaySink,
  switchSink,
  type WriteSinkDeps,
} from "../usecases/write-sink.ts";
import { openSink, sinkMessage } from "./sink-message.ts";

type Db = Transaction<NotificationTables>;

export interface SinkDeps extends WriteSinkDeps, TestSinkDeps {
  readonly wakeWorkers: () => void;
}

export function sinkMethods(deps: SinkDeps): Methods<SinkServiceServer> {
  const { database, now } = deps;
  const show = async (sql: Db, sink: HeldSink) => {
    const { tenant, id, position } = sink;
    return sinkMessage(sink, {
      lag: await readLag(sql, sink, position),
      dead: await countDead(sql, tenant, id),
      now: now(),
    });
  };
  const shown = (tenant: string, id: string) =>
    database.tenant(tenant, async ({ sql }) => ({ sink: await show(sql, await findSink(sql, tenant, id)) }));
  const changed = async (tenant: string, id: string, change: Promise<unknown>) => {
    await change;
    deps.wakeWorkers();
    return shown(tenant, id);
  };
  return {
    createSink: async ({ sink }, { tenant }) => {
      const id = await createSink(deps, tenant, sink);
      deps.wakeWorkers();
      return shown(tenant, id);
    },
    getSink: ({ id }, { tenant }) => shown(tenant, id),
    listSinks: (_request, { tenant }) =>
      database.tenant(tenant, async ({ sql }) => {
        const sinks = [];
        for (const sink of await listSinks(sql, tenant)) sinks.push(await show(sql, sink));
        return { sinks };
      }),
    updateSink: ({ id, sink, expectedRevisions }, { tenant }) =>
      changed(tenant, id, changeSink(deps, tenant, id, sink, expectedRevisions)),
    checkSink: async ({ id, sink }, { tenant }) => {
      const { draft, destination, batching } = await checkSink(deps, tenant, id, sink);
      return { sink: openSink({ ...draft, id, destination, batching }) };
    },
    deleteSink: async ({ id, expectedRevisions }, { tenant }) => {
      await removeSink(deps, tenant, id, expectedRevisions);
      deps.wakeWorkers();
      return {};
    },
    testSink: ({ id }, caller) => testSink(deps, caller, id),
    pauseSink: ({ id }, { tenant }) => changed(tenant, id, switchSink(deps, tenant, id, false)),
    resumeSink: ({ id }, { tenant }) => changed(tenant, id, switchSink(deps, tenant, id, true)),
    replaySink: (request, { tenant }) => changed(tenant, request.id, replaySink(deps, tenant, request)),
    listDeadLetters: ({ sinkId, ...query }, { tenant }) =>
      database.tenant(tenant, async ({ sql }) => {
        await findSink(sql, tenant, sinkId);
        const page = await listDeadLetters(sql, tenant, sinkId, query);
        return { deadLetters: page.rows.map(deadLetterOf), nextPageToken: page.nextPageToken };
      }),
    replayDeadLetters: async ({ sinkId, eventIds }, { tenant }) => {
      checkIds(eventIds);
      const replayed = await database.tenant(tenant, async ({ sql }) => {
        await findSink(sql, tenant, sinkId);
        const count = await markReplaying(sql, tenant, sinkId, eventIds);
        // Whoever works on the sink looks for dead letters when it begins.
        await breakLease(sql, tenant, sinkId);
        return count;
      });
      deps.wakeWorkers();
      return { replayed };
    },
    dropDeadLetters: ({ sinkId, eventIds }, { tenant }) => {
      checkIds(eventIds);
      return database.tenant(tenant, async ({ sql }) => {
        await findSink(sql, tenant, sinkId);
        return { dropped: await dropDeadLetters(sql, tenant, sinkId, eventIds) };
      });
    },
  };
}

function checkIds(ids: readonly string[]): void {
  const unreadable = ids.find((id) => !isUuid(id));
  if (unreadable !== undefined) throw refuse("sink.bad_event_id", `"${unreadable}" is no event's id`);
}

const deadLetterOf = (row: DeadLetterRow): DeadLetter => ({
  eventId: row.event_id,
  eventType: row.event_type,
  eventTime: row.event_time,
  position: positionText(row),
  reason: row.reason,
  failedAt: row.failed_at,
  replaying: row.replaying,
});
