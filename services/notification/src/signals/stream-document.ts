import { EVENTS_SUPPORTED } from "../domain/signals/event-types.ts";
import { POLL, PUSH, pollUrl } from "../domain/signals/stream-draft.ts";
import type { HeldStream } from "../storage/signals/streams.ts";
import { VERIFICATION_SECONDS } from "../usecases/signals/change-status.ts";

/** A stream as its receiver reads it (SSF 1.0 §8.1.1); the Authorization header of its pushes is not shown. */
export const streamDocument = (stream: HeldStream, issuer: string) => ({
  stream_id: stream.id,
  iss: issuer,
  aud: stream.audience,
  delivery:
    stream.delivery === "push"
      ? { method: PUSH, endpoint_url: stream.endpoint_url }
      : { method: POLL, endpoint_url: pollUrl(issuer, stream.id) },
  events_supported: EVENTS_SUPPORTED,
  events_requested: stream.events_requested,
  events_delivered: EVENTS_SUPPORTED.filter((type) => stream.events_requested.includes(type)),
  min_verification_interval: VERIFICATION_SECONDS,
  ...(stream.description !== "" && { description: stream.description }),
});

export const statusDocument = ({ id, status, status_reason }: HeldStream) => ({
  stream_id: id,
  status,
  ...(status_reason !== "" && { reason: status_reason }),
});
