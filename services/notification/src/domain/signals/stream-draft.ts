import { refuse } from "../refusals.ts";
import { DEVICE_COMPLIANCE_CHANGE } from "./event-types.ts";

export const PUSH = "urn:ietf:rfc:8935";
export const POLL = "urn:ietf:rfc:8936";
export type Delivery = "push" | "poll";
export type StreamStatus = "enabled" | "paused" | "disabled";

/** What a receiver, or an administrator for it, decides about its stream. */
export interface StreamDraft {
  readonly delivery: Delivery;
  /** Empty when the receiver polls. */
  readonly endpointUrl: string;
  /** The Authorization header of pushes; nothing when they carry none, or when the one that is kept stays. */
  readonly authorization: string | undefined;
  readonly eventsRequested: readonly string[];
  readonly description: string;
}

/** Where the receiver of a stream fetches its signals. */
export const pollUrl = (issuer: string, streamId: string): string => `${issuer}/poll/${streamId}`;

type Body = Readonly<Record<string, unknown>>;

const LONGEST = { url: 2_048, header: 4_096, description: 500, event: 300 };
const MOST_EVENTS = 50;
// RFC 9110 §5.5: what a field value may hold.
const HEADER_VALUE = /^[\x20-\x7e]+$/;

/** Reads a stream's configuration (SSF 1.0 §8.1.1); `held` is what stays of it where a PATCH says nothing. */
export function streamDraft(body: Body, held?: StreamDraft): StreamDraft {
  const { delivery, events_requested: events, description } = body;
  return {
    ...(delivery === undefined && held !== undefined ? held : deliveryOf(delivery)),
    eventsRequested: events === undefined ? (held?.eventsRequested ?? [DEVICE_COMPLIANCE_CHANGE]) : eventsOf(events),
    description:
      description === undefined ? (held?.description ?? "") : text(description, "description", LONGEST.description),
  };
}

function deliveryOf(delivery: unknown): Pick<StreamDraft, "delivery" | "endpointUrl" | "authorization"> {
  const { method, endpoint_url: url, authorization_header: header } = (delivery ?? {}) as Body;
  if (method === POLL) return { delivery: "poll", endpointUrl: "", authorization: undefined };
  if (method !== PUSH) throw refuse("signal.bad_stream", `delivery has a method: ${PUSH} or ${POLL}`);
  return {
    delivery: "push",
    endpointUrl: pushUrl(url),
    authorization: header === undefined ? undefined : authorizationOf(header),
  };
}

/** Signals name people and devices: only a receiver on this very machine is reached without TLS. */
function pushUrl(value: unknown): string {
  const url = URL.parse(text(value, "endpoint_url", LONGEST.url));
  const isHere = url !== null && ["127.0.0.1", "[::1]", "localhost"].includes(url.hostname);
  if (url === null || (url.protocol !== "https:" && !(url.protocol === "http:" && isHere))) {
    throw refuse("signal.bad_stream", "endpoint_url is an https address");
  }
  if (url.username !== "" || url.password !== "") {
    throw refuse("signal.bad_stream", "endpoint_url carries a password: use authorization_header");
  }
  url.hash = "";
  return url.href;
}

function authorizationOf(value: unknown): string {
  const header = text(value, "authorization_header", LONGEST.header);
  if (!HEADER_VALUE.test(header)) throw refuse("signal.bad_stream", "authorization_header is not a header's value");
  return header;
}

function eventsOf(value: unknown): string[] {
  if (!Array.isArray(value) || value.length > MOST_EVENTS) {
    throw refuse("signal.bad_stream", `events_requested is a list of at most ${MOST_EVENTS} event types`);
  }
  return [...new Set(value.map((each) => text(each, "events_requested", LONGEST.event)))];
}

function text(value: unknown, name: string, longest: number): string {
  if (typeof value === "string" && value.length <= longest) return value;
  throw refuse("signal.bad_stream", `${name} is a text of at most ${longest} characters`);
}

export function statusOf(value: unknown): StreamStatus {
  if (value === "enabled" || value === "paused" || value === "disabled") return value;
  throw refuse("signal.bad_stream", "status is enabled, paused or disabled");
}
