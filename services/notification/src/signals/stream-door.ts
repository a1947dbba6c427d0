import type { HttpDoor } from "@muster/host/http-door";
import { refuse } from "../domain/refusals.ts";
import { excludedSubject } from "../domain/signals/excluded-subject.ts";
import { statusOf, streamDraft } from "../domain/signals/stream-draft.ts";
import { exclude, include } from "../storage/signals/exclusions.ts";
import { type HeldStream, ownStream } from "../storage/signals/streams.ts";
import { changeStatus, verifyStream } from "../usecases/signals/change-status.ts";
import { changeStream, createStream, readStreams, removeStream } from "../usecases/signals/configure-stream.ts";
import type { SignalDeps } from "../usecases/signals/ports.ts";
import { openReceiverRoutes, type ReceiverRequest } from "./receiver-request.ts";
import { statusDocument, streamDocument } from "./stream-document.ts";

const LONGEST_STATE = 1_000;
const LONGEST_REASON = 500;

/** Where a receiver manages its stream: SSF 1.0 §8.1. */
export function openStreamDoor(door: HttpDoor, deps: SignalDeps): void {
  const { database, issuerOf, newId, wake } = deps;
  const show = (stream: HeldStream) => streamDocument(stream, issuerOf(stream.tenant));
  const onStream = <T>(
    { receiver: { tenant, id }, body }: ReceiverRequest,
    work: (sql: Parameters<typeof ownStream>[0], stream: HeldStream) => Promise<T>,
  ): Promise<T> =>
    database.tenant(tenant, async ({ sql }) => work(sql, await ownStream(sql, tenant, id, body["stream_id"])));
  const subjectIn = ({ receiver: { tenant }, body }: ReceiverRequest) =>
    excludedSubject(body["subject"], issuerOf(tenant), tenant);

  openReceiverRoutes(door, deps, [
    {
      method: "POST",
      path: "/stream",
      scope: "ssf.manage",
      answer: async ({ receiver, body }, reply) =>
        reply.code(201).send(show(await createStream(deps, receiver, streamDraft(body)))),
    },
    {
      method: "GET",
      path: "/stream",
      scope: "ssf.read",
      answer: async ({ receiver, query: { stream_id: id } }) => {
        const streams = (await readStreams(deps, receiver, id)).map(show);
        return id === undefined ? streams : streams[0];
      },
    },
    {
      method: "PATCH",
      path: "/stream",
      scope: "ssf.manage",
      answer: async ({ receiver, body }) =>
        show(
          await changeStream(deps, receiver, body["stream_id"], (held, stream) => {
            checkGiven(body, show(stream));
            return streamDraft(body, held);
          }),
        ),
    },
    {
      method: "PUT",
      path: "/stream",
      scope: "ssf.manage",
      answer: async ({ receiver, body }) =>
        show(
          await changeStream(deps, receiver, body["stream_id"], (_held, stream) => {
            checkGiven(body, show(stream));
            return streamDraft(body);
          }),
        ),
    },
    {
      method: "DELETE",
      path: "/stream",
      scope: "ssf.manage",
      answer: async ({ receiver, query }, reply) => {
        await removeStream(deps, receiver, query["stream_id"]);
        return reply.code(204).send();
      },
    },
    {
      method: "GET",
      path: "/status",
      scope: "ssf.read",
      answer: async ({ receiver, query }) => {
        const [stream] = await readStreams(deps, receiver, query["stream_id"] ?? "");
        return stream && statusDocument(stream);
      },
    },
    {
      method: "POST",
      path: "/status",
      scope: "ssf.manage",
      answer: async (request) => {
        const { status, reason = "" } = request.body;
        if (typeof reason !== "string" || reason.length > LONGEST_REASON) {
          throw refuse("signal.bad_stream", `reason is a text of at most ${LONGEST_REASON} characters`);
        }
        const asked = { status: statusOf(status), reason, byReceiver: true, txn: newId() };
        const changed = await onStream(request, async (sql, stream) => {
          await changeStatus(sql, stream, asked);
          return ownStream(sql, stream.tenant, stream.receiver_id, stream.id);
        });
        wake(request.receiver.tenant);
        return statusDocument(changed);
      },
    },
    {
      method: "POST",
      path: "/subjects/add",
      scope: "ssf.manage",
      answer: async (request, reply) => {
        const subject = subjectIn(request);
        await onStream(request, async (sql, stream) => subject && include(sql, stream, subject));
        return reply.code(200).send();
      },
    },
    {
      method: "POST",
      path: "/subjects/remove",
      scope: "ssf.manage",
      answer: async (request, reply) => {
        const subject = subjectIn(request);
        await onStream(request, async (sql, stream) => subject && exclude(sql, stream, subject));
        return reply.code(204).send();
      },
    },
    {
      method: "POST",
      path: "/verify",
      scope: "ssf.manage",
      answer: async (request, reply) => {
        const { state } = request.body;
        if (state !== undefined && (typeof state !== "string" || state.length > LONGEST_STATE)) {
          throw refuse("signal.bad_request", `state is a text of at most ${LONGEST_STATE} characters`);
        }
        await onStream(request, (sql, stream) => verifyStream(sql, stream, { state, txn: newId() }));
        wake(request.receiver.tenant);
        return reply.code(204).send();
      },
    },
  ]);
}

/** SSF 1.0 §8.1.1.3: what only the transmitter decides may be sent back, but not otherwise than it is. */
function checkGiven(body: Readonly<Record<string, unknown>>, { iss, aud }: { iss: string; aud: string }): void {
  for (const [name, value] of Object.entries({ iss, aud })) {
    if (body[name] !== undefined && body[name] !== value)
      throw refuse("signal.bad_stream", `${name} cannot be changed`);
  }
}
