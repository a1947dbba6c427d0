import { refuse } from "../../domain/refusals.ts";
import type { StreamDraft } from "../../domain/signals/stream-draft.ts";
import { findReceiver, type HeldReceiver } from "../../storage/signals/receivers.ts";
import {
  deleteStream,
  type HeldStream,
  insertStream,
  ownStream,
  streamOf,
  updateStream,
} from "../../storage/signals/streams.ts";
import type { SignalDeps } from "./ports.ts";

/** Makes a receiver's one stream. */
export async function createStream(deps: SignalDeps, receiver: HeldReceiver, draft: StreamDraft): Promise<HeldStream> {
  const { tenant, id: receiverId } = receiver;
  if (draft.delivery === "push") await deps.checkReceiver(draft.endpointUrl);
  const id = deps.newId();
  return deps.database.tenant(tenant, async ({ sql }) => {
    const { revoked_at } = await findReceiver(sql, tenant, receiverId);
    if (revoked_at !== null) throw refuse("signal.receiver_unknown", "the receiver was revoked");
    await insertStream(sql, { tenant, id, receiverId }, draft, sealed(deps, tenant, id, draft), deps.now());
    return ownStream(sql, tenant, receiverId, id);
  });
}

/** Changes a stream to what `change` makes of it. */
export async function changeStream(
  deps: SignalDeps,
  { tenant, id: receiverId }: HeldReceiver,
  streamId: unknown,
  change: (held: StreamDraft, stream: HeldStream) => StreamDraft,
): Promise<HeldStream> {
  const own = () => deps.database.tenant(tenant, ({ sql }) => ownStream(sql, tenant, receiverId, streamId));
  const before = await own();
  const draft = change(draftOf(before), before);
  if (draft.delivery === "push") await deps.checkReceiver(draft.endpointUrl);
  const changed = await deps.database.tenant(tenant, async ({ sql }) => {
    const stream = await ownStream(sql, tenant, receiverId, streamId);
    const kept = draft.endpointUrl === stream.endpoint_url ? stream.authorization_sealed : null;
    const header = draft.authorization === undefined ? kept : sealed(deps, tenant, stream.id, draft);
    await updateStream(sql, stream, draft, header);
    return ownStream(sql, tenant, receiverId, streamId);
  });
  deps.wake(tenant);
  return changed;
}

export const removeStream = (
  { database }: SignalDeps,
  { tenant, id: receiverId }: HeldReceiver,
  streamId: unknown,
): Promise<void> =>
  database.tenant(tenant, async ({ sql }) => deleteStream(sql, await ownStream(sql, tenant, receiverId, streamId)));

/** The receiver's stream with this id, or whatever it has when none is named. */
export const readStreams = (
  { database }: SignalDeps,
  { tenant, id: receiverId }: HeldReceiver,
  streamId?: string,
): Promise<HeldStream[]> =>
  database.tenant(tenant, async ({ sql }) => {
    if (streamId !== undefined) return [await ownStream(sql, tenant, receiverId, streamId)];
    const stream = await streamOf(sql, tenant, receiverId);
    return stream === undefined ? [] : [stream];
  });

/** An Authorization header belongs to its address: with another address it is not sent. */
const sealed = ({ vault }: SignalDeps, tenant: string, id: string, { authorization }: StreamDraft): Buffer | null =>
  authorization === undefined ? null : vault.seal(tenant, id, Buffer.from(authorization));

const draftOf = (stream: HeldStream): StreamDraft => ({
  delivery: stream.delivery,
  endpointUrl: stream.endpoint_url,
  authorization: undefined,
  eventsRequested: stream.events_requested,
  description: stream.description,
});
