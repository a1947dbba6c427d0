import type { EventFilter as AskedEvents } from "@muster/contracts/gen/muster/notification/v1/event_filter";
import type { EventFormat as FormatName, Sink } from "@muster/contracts/gen/muster/notification/v1/sink";
import { EVENT_FORMATS, type EventFormat } from "@muster/event-formats/render";
import { type EventFilter, eventFilterOf } from "../event-filter.ts";
import { refuse } from "../refusals.ts";
import { filterOf } from "../type-pattern.ts";

export type SinkConfiguration = NonNullable<Sink["destination"]>;
export type SinkKind = SinkConfiguration["$case"];

/** What a person decides about a sink, whatever its destination is. */
export interface SinkDraft {
  readonly name: string;
  readonly enabled: boolean;
  readonly filter: EventFilter;
  readonly format: EventFormat;
}

const MAX_NAME = 200;
const MAX_LIST = 1_000;

/** What was asked for; refused with the first thing that is wrong. */
export function sinkDraftOf(asked: Sink): SinkDraft {
  const name = asked.name.trim();
  if (name === "" || name.length > MAX_NAME) throw refuse("sink.bad_name", `name has 1 to ${MAX_NAME} characters`);
  return { name, enabled: asked.enabled, filter: sinkFilterOf(asked.filter), format: formatOf(asked.format) };
}

function sinkFilterOf(asked: AskedEvents | undefined): EventFilter {
  const { types = [], services = [], labelIds = [], deviceIds = [] } = asked ?? {};
  if ([types, labelIds, deviceIds].some((list) => list.length > MAX_LIST)) {
    throw refuse("sink.bad_filter", `a list of a filter has at most ${MAX_LIST} entries; use a label instead`);
  }
  const once = (list: readonly string[]) => [...new Set(list)];
  return eventFilterOf({
    types: once(types),
    services: once(services),
    labelIds: once(labelIds),
    deviceIds: once(deviceIds),
  });
}

export const shownFilter = ({ typePatterns, servicePatterns, labelIds, deviceIds }: EventFilter): AskedEvents => ({
  types: typePatterns.map(filterOf),
  services: servicePatterns.map((pattern) => pattern.split(".")[1] ?? ""),
  labelIds: [...labelIds],
  deviceIds: [...deviceIds],
});

function formatOf(asked: FormatName): EventFormat {
  if (asked === "EVENT_FORMAT_UNSPECIFIED") return "cloudevents";
  const format = EVENT_FORMATS.find((each) => shownFormat(each) === asked);
  if (format === undefined) throw refuse("sink.bad_format", `format is one of ${EVENT_FORMATS.join(", ")}`);
  return format;
}

export const shownFormat = (format: EventFormat): FormatName => `EVENT_FORMAT_${format.toUpperCase()}` as FormatName;
