import type {
  LiveQuery,
  LiveQueryServiceServer,
  StreamAnswersResponse,
} from "@muster/contracts/gen/muster/inventory/v1/live_query_service";
import { metrics } from "@muster/host/telemetry";
import type { Methods } from "@muster/rpc/server";
import { v7 as uuidv7 } from "uuid";
import { refuse } from "../domain/refusals.ts";
import { checkedSql } from "../domain/sql-check.ts";
import { getLiveQuery, listLiveQueries, readAnswers, startLiveQuery, stopLiveQuery } from "../storage/live-queries.ts";
import type { InventoryDatabase } from "../storage/schema.ts";
import type { LiveQueryWatchers } from "../usecases/live-query-watchers.ts";
import type { Signals } from "../usecases/ports.ts";

interface Dependencies {
  readonly database: InventoryDatabase;
  readonly signals: Signals;
  readonly watchers: LiveQueryWatchers;
  readonly now: () => Date;
}

const DEFAULT_EXPIRY_S = 600;
const MAX_EXPIRY_S = 86_400;
const ANSWERS_AT_ONCE = 100;
/** A message that says that there is an answer may be lost: so often the stream looks by itself. */
const LOOK_AGAIN_MS = 1_000;

export function liveQueryMethods({ database, signals, watchers, now }: Dependencies): Methods<LiveQueryServiceServer> {
  const started = metrics.getMeter("muster").createCounter("muster.inventory.live_queries", { unit: "{query}" });
  return {
    startLiveQuery: async ({ sql, selection, expiresInSeconds }, { tenant, actor }) => {
      const seconds = expiresInSeconds === 0 ? DEFAULT_EXPIRY_S : expiresInSeconds;
      if (seconds < 1 || seconds > MAX_EXPIRY_S) {
        throw refuse(
          "live_query.bad_expiry",
          `expires_in_seconds is 1 to ${MAX_EXPIRY_S}, or 0 for ${DEFAULT_EXPIRY_S}`,
        );
      }
      const createdAt = now();
      const query = {
        id: uuidv7(),
        tenant,
        sql: checkedSql(sql),
        selection: {
          deviceIds: (selection?.deviceIds ?? []).map((id) => id.toLowerCase()),
          labelIds: selection?.labelIds ?? [],
          platforms: selection?.platforms ?? [],
        },
        createdBy: actor,
        createdAt,
        expiresAt: new Date(createdAt.getTime() + seconds * 1000),
      };
      const { liveQuery, deviceIds } = await database.tenant(tenant, (work) => startLiveQuery(work, query));
      started.add(1);
      signals.workChanged(tenant, deviceIds, true);
      return { liveQuery };
    },
    getLiveQuery: async ({ id }, { tenant }) => ({
      liveQuery: await database.tenant(tenant, (work) => getLiveQuery(work, tenant, id)),
    }),
    listLiveQueries: (request, { tenant }) => database.tenant(tenant, (work) => listLiveQueries(work, tenant, request)),
    stopLiveQuery: async ({ id }, { tenant, actor }) => {
      const liveQuery = await database.tenant(tenant, (work) => stopLiveQuery(work, tenant, id, actor, now()));
      signals.liveQueryChanged(tenant, liveQuery.id);
      return { liveQuery };
    },
    streamAnswers: ({ id }, { tenant }, signal) => streamAnswers({ database, watchers }, tenant, id, signal),
  };
}

async function* streamAnswers(
  { database, watchers }: Pick<Dependencies, "database" | "watchers">,
  tenant: string,
  id: string,
  signal: AbortSignal,
): AsyncGenerator<StreamAnswersResponse> {
  const state = (value: LiveQuery): StreamAnswersResponse => ({ item: { $case: "liveQuery", value } });
  let query = await database.tenant(tenant, (work) => getLiveQuery(work, tenant, id));
  let woken = Promise.withResolvers<void>();
  const stopWatching = watchers.watch(query.id, () => woken.resolve());
  try {
    yield state(query);
    for (let after = 0; !signal.aborted; ) {
      woken = Promise.withResolvers<void>();
      // The state first: an answer that is written after it is read belongs to the next round.
      const [seen, answers] = await database.tenant(
        tenant,
        async (work) =>
          [
            await getLiveQuery(work, tenant, query.id),
            await readAnswers(work, tenant, query.id, after, ANSWERS_AT_ONCE),
          ] as const,
      );
      for (const { number, answer } of answers) {
        yield { item: { $case: "answer", value: answer } };
        after = number;
      }
      if (answers.length === ANSWERS_AT_ONCE) continue;
      query = seen;
      if (query.state !== "running") return yield state(query);
      await wokenOr(woken.promise, signal);
    }
  } finally {
    stopWatching();
  }
}

function wokenOr(woken: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, LOOK_AGAIN_MS);
    signal.addEventListener("abort", done);
    void woken.then(done);
  });
}
