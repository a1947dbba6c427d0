import type { Subscriber as Asked } from "@muster/contracts/gen/muster/notification/v1/subscriber";
import { EVENT_FORMATS, type EventFormat } from "@muster/event-formats/render";
import { eventFilterOf } from "./event-filter.ts";
import { refuse } from "./refusals.ts";
import type { SubscriberDraft } from "./subscriber.ts";

const MAX_NAME = 200;
const MIB = 1024 * 1024;
const [LEAST_MIB, MOST_MIB, DEFAULT_MIB] = [4, 1024, 64];
const DEFAULT_OVERLAP_SECONDS = 86_400;
const MOST_OVERLAP_SECONDS = 30 * 86_400;

/** What was asked for; refused with the first thing that is wrong. */
export function subscriberDraftOf(asked: Asked | undefined): SubscriberDraft {
  if (asked === undefined) throw refuse("subscriber.missing", "the request carries no subscriber");
  const name = asked.name.trim();
  if (name === "" || name.length > MAX_NAME) {
    throw refuse("subscriber.bad_name", `name has 1 to ${MAX_NAME} characters`);
  }
  const bufferMib = asked.bufferMib || DEFAULT_MIB;
  if (bufferMib < LEAST_MIB || bufferMib > MOST_MIB) {
    throw refuse("subscriber.bad_buffer", `buffer_mib is ${LEAST_MIB} to ${MOST_MIB}`);
  }
  const { types = [], services = [], labelIds = [], deviceIds = [] } = asked.filter ?? {};
  return {
    name,
    filter: eventFilterOf({ types, services, labelIds, deviceIds }),
    format: formatOf(asked.format),
    bufferBytes: bufferMib * MIB,
  };
}

function formatOf(asked: Asked["format"]): EventFormat {
  if (asked === "EVENT_FORMAT_UNSPECIFIED") return "cloudevents";
  const format = EVENT_FORMATS.find((each) => shownFormat(each) === asked);
  if (format === undefined) throw refuse("subscriber.bad_format", `format is one of ${EVENT_FORMATS.join(", ")}`);
  return format;
}

export const shownFormat = (format: EventFormat): Asked["format"] =>
  `EVENT_FORMAT_${format.toUpperCase()}` as Asked["format"];

/** For how many milliseconds the credentials before go on working. */
export function overlapMsOf(seconds = DEFAULT_OVERLAP_SECONDS): number {
  if (seconds > MOST_OVERLAP_SECONDS) {
    throw refuse("subscriber.bad_overlap", `overlap_seconds is at most ${MOST_OVERLAP_SECONDS}, which are 30 days`);
  }
  return seconds * 1_000;
}
