import type { Activity, ActivityServiceServer } from "@muster/contracts/gen/muster/notification/v1/activity_service";
import { EventFormat } from "@muster/contracts/gen/muster/notification/v1/sink";
import { type EventFormat as FormatName, render } from "@muster/event-formats/render";
import type { Methods } from "@muster/rpc/server";
import { eventFilterOf } from "../domain/event-filter.ts";
import { positionText } from "../domain/position.ts";
import { type ActivityRow, listActivities } from "../storage/activity-lists.ts";
import { listEventCounts } from "../storage/event-counts.ts";
import { toldEventOf } from "../storage/told-event.ts";
import { type StreamDeps, streamEvents } from "../usecases/stream-events.ts";

export interface ActivityDeps extends StreamDeps {
  readonly now: () => Date;
  /** Ends all streams when the service stops; clients go on elsewhere from their position. */
  readonly stopping: AbortSignal;
}

const FORMATS: Readonly<Record<EventFormat, FormatName | undefined>> = {
  [EventFormat.EVENT_FORMAT_UNSPECIFIED]: undefined,
  [EventFormat.EVENT_FORMAT_CLOUDEVENTS]: "cloudevents",
  [EventFormat.EVENT_FORMAT_OCSF]: "ocsf",
  [EventFormat.EVENT_FORMAT_ECS]: "ecs",
  [EventFormat.EVENT_FORMAT_CEF]: "cef",
};

export const activityMethods = (deps: ActivityDeps): Methods<ActivityServiceServer> => ({
  listActivities: async ({ search, until, pageSize, pageToken, ...asked }, { tenant }) => {
    const query = { search, until, pageSize, pageToken, filter: eventFilterOf(asked) };
    const page = await deps.database.tenant(tenant, ({ sql }) => listActivities(sql, tenant, query));
    return { activities: page.rows.map(activityOf), nextPageToken: page.nextPageToken };
  },
  listEventCountHistory: async (request, { tenant }) => ({
    history: await deps.database.tenant(tenant, ({ sql }) => listEventCounts(sql, tenant, request, deps.now())),
  }),
  streamEvents: async function* ({ afterPosition, format, ...asked }, { tenant }, signal) {
    const until = AbortSignal.any([signal, deps.stopping]);
    const name = FORMATS[format];
    for await (const row of streamEvents(deps, tenant, eventFilterOf(asked), afterPosition, until)) {
      yield name === undefined
        ? { activity: activityOf(row), text: "" }
        : { activity: { ...activityOf(row), data: undefined }, text: render(name, toldEventOf(tenant, row)) };
    }
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
