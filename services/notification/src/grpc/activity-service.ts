import type { Activity, ActivityServiceServer } from "@muster/contracts/gen/muster/notification/v1/activity_service";
import type { Methods } from "@muster/rpc/server";
import { positionText } from "../domain/position.ts";
import { likePatternOf } from "../domain/type-pattern.ts";
import { type ActivityRow, listActivities } from "../storage/activity-lists.ts";
import { type StreamDeps, streamEvents } from "../usecases/stream-events.ts";

export interface ActivityDeps extends StreamDeps {
  /** Ends all streams when the service stops; clients go on elsewhere from their position. */
  readonly stopping: AbortSignal;
}

export const activityMethods = (deps: ActivityDeps): Methods<ActivityServiceServer> => ({
  listActivities: async ({ types, ...request }, { tenant }) => {
    const query = { ...request, typePatterns: types.map(likePatternOf) };
    const page = await deps.database.tenant(tenant, ({ sql }) => listActivities(sql, tenant, query));
    return { activities: page.rows.map(activityOf), nextPageToken: page.nextPageToken };
  },
  streamEvents: async function* ({ types, deviceId, afterPosition }, { tenant }, signal) {
    const filter = { typePatterns: types.map(likePatternOf), deviceId };
    const until = AbortSignal.any([signal, deps.stopping]);
    for await (const row of streamEvents(deps, tenant, filter, afterPosition, until))
      yield { activity: activityOf(row) };
  },
});

const activityOf = (row: ActivityRow): Activity => ({
  id: row.id,
  type: row.type,
  source: row.source,
  deviceId: row.device_id,
  actor: row.actor,
  time: row.time,
  data: row.data,
  traceId: row.traceparent.split("-")[1] ?? "",
  position: positionText(row),
});
