import type { SharedSignalsServiceServer } from "@muster/contracts/gen/muster/notification/v1/shared_signals_service";
import {
  SignalDelivery,
  SignalDialect,
  SignalReceiver,
  type SignalStream,
  SignalStreamStatus,
} from "@muster/contracts/gen/muster/notification/v1/signal";
import type { ServiceDatabase } from "@muster/postgres/service-database";
import type { Methods } from "@muster/rpc/server";
import { refuse } from "../domain/refusals.ts";
import { personOf, receiverDraft } from "../domain/signals/receiver-draft.ts";
import type { Dialect } from "../domain/signals/security-event.ts";
import { PUSH, pollUrl, type StreamStatus, streamDraft } from "../domain/signals/stream-draft.ts";
import { assignPerson, findPerson } from "../storage/signals/persons.ts";
import { findReceiver, type HeldReceiver, listReceivers } from "../storage/signals/receivers.ts";
import { type HeldStream, listStreams, streamOf } from "../storage/signals/streams.ts";
import type { NotificationTables } from "../storage/tables.ts";
import { changeStatus, verifyStream } from "../usecases/signals/change-status.ts";
import { createStream } from "../usecases/signals/configure-stream.ts";
import type { SignalDeps } from "../usecases/signals/ports.ts";
import { createReceiver, revoke, rotateReceiver } from "../usecases/signals/write-receiver.ts";

export interface SharedSignalsDeps {
  readonly database: ServiceDatabase<NotificationTables>;
  readonly now: () => Date;
  /** Undefined where there is no key to sign signals with. */
  readonly signals: SignalDeps | undefined;
}

const LONGEST_REASON = 1000;

export function sharedSignalsMethods({
  database,
  now,
  signals,
}: SharedSignalsDeps): Methods<SharedSignalsServiceServer> {
  const signalsHere = (): SignalDeps => {
    if (signals !== undefined) return signals;
    throw refuse(
      "signal.not_configured",
      "this platform signs no signals: an operator has to set MUSTER_SSF_SIGNING_KEY",
    );
  };
  const show = (receiver: HeldReceiver, stream: HeldStream | undefined, secret = "") =>
    receiverOf(receiver, stream, { secret, issuer: signalsHere().issuerOf(receiver.tenant), now: now() });
  const read = (tenant: string, id: string, secret = "") =>
    database.tenant(tenant, async ({ sql }) => {
      const receiver = await findReceiver(sql, tenant, id);
      return { receiver: show(receiver, await streamOf(sql, tenant, id), secret) };
    });
  /** Does something to the stream of a receiver, and shows both afterwards. */
  const onStream = async (
    tenant: string,
    receiverId: string,
    work: (sql: Parameters<typeof streamOf>[0], stream: HeldStream) => Promise<void>,
  ) => {
    const { wake } = signalsHere();
    await database.tenant(tenant, async ({ sql }) => {
      const { id } = await findReceiver(sql, tenant, receiverId);
      const stream = await streamOf(sql, tenant, id);
      if (stream === undefined) throw refuse("signal.stream_unknown", "the receiver has no stream yet");
      await work(sql, stream);
    });
    wake(tenant);
    return read(tenant, receiverId);
  };

  return {
    createSignalReceiver: async ({ receiver: asked }, caller) => {
      const { receiver, secret } = await createReceiver(signalsHere())(caller, asked);
      return { receiver: show(receiver, undefined, secret) };
    },
    checkSignalReceiver: async ({ id, receiver: asked }, { tenant }) => {
      const { issuerOf } = signalsHere();
      const { name, dialect, audience } = receiverDraft(asked);
      return {
        receiver: SignalReceiver.fromPartial({
          id,
          name,
          dialect: DIALECT[dialect],
          audience,
          issuer: issuerOf(tenant),
        }),
      };
    },
    getSignalReceiver: ({ id }, { tenant }) => read(tenant, id),
    listSignalReceivers: (_request, { tenant }) =>
      database.tenant(tenant, async ({ sql }) => {
        const streams = new Map((await listStreams(sql, tenant)).map((stream) => [stream.receiver_id, stream]));
        return { receivers: (await listReceivers(sql, tenant)).map((each) => show(each, streams.get(each.id))) };
      }),
    rotateSignalReceiverSecret: async ({ id }, caller) => {
      const { secret } = await rotateReceiver(signalsHere())(caller, id);
      return read(caller.tenant, id, secret);
    },
    revokeSignalReceiver: async ({ id }, caller) => ({
      receiver: show(await revoke(signalsHere())(caller, id), undefined),
    }),
    createSignalStream: async ({ receiverId, stream: asked }, { tenant }) => {
      const deps = signalsHere();
      const receiver = await database.tenant(tenant, ({ sql }) => findReceiver(sql, tenant, receiverId));
      const { endpointUrl = "", authorizationHeader = "", eventsRequested = [] } = asked ?? {};
      const draft = streamDraft({
        delivery: {
          method: PUSH,
          endpoint_url: endpointUrl,
          ...(authorizationHeader !== "" && { authorization_header: authorizationHeader }),
        },
        ...(eventsRequested.length > 0 && { events_requested: eventsRequested }),
      });
      await createStream(deps, receiver, draft);
      return read(tenant, receiverId);
    },
    pauseSignalStream: ({ receiverId, reason }, { tenant }) => {
      if (reason.length > LONGEST_REASON)
        throw refuse("signal.bad_request", `a reason has at most ${LONGEST_REASON} characters`);
      return onStream(tenant, receiverId, (sql, stream) =>
        changeStatus(sql, stream, { status: "paused", reason, byReceiver: false, txn: signalsHere().newId() }),
      );
    },
    resumeSignalStream: ({ receiverId }, { tenant }) =>
      onStream(tenant, receiverId, (sql, stream) =>
        changeStatus(sql, stream, { status: "enabled", reason: "", byReceiver: false, txn: signalsHere().newId() }),
      ),
    verifySignalStream: ({ receiverId }, { tenant }) =>
      onStream(tenant, receiverId, (sql, stream) =>
        verifyStream(sql, stream, { state: undefined, txn: signalsHere().newId() }),
      ),
    assignDevicePerson: ({ deviceId, email: asked }, { tenant }) =>
      database.tenant(tenant, async ({ sql }) => {
        const email = personOf(asked);
        await assignPerson(sql, tenant, deviceId, email);
        return { email };
      }),
    getDevicePerson: ({ deviceId }, { tenant }) =>
      database.tenant(tenant, async ({ sql }) => ({ email: await findPerson(sql, tenant, deviceId) })),
  };
}

const STATUS: Readonly<Record<StreamStatus, SignalStreamStatus>> = {
  enabled: SignalStreamStatus.SIGNAL_STREAM_STATUS_ENABLED,
  paused: SignalStreamStatus.SIGNAL_STREAM_STATUS_PAUSED,
  disabled: SignalStreamStatus.SIGNAL_STREAM_STATUS_DISABLED,
};

const DIALECT: Readonly<Record<Dialect, SignalDialect>> = {
  okta: SignalDialect.SIGNAL_DIALECT_OKTA,
  ssf: SignalDialect.SIGNAL_DIALECT_SSF,
};

const receiverOf = (
  receiver: HeldReceiver,
  stream: HeldStream | undefined,
  { secret, issuer, now }: { readonly secret: string; readonly issuer: string; readonly now: Date },
): SignalReceiver => {
  const { previous_secret_until: until } = receiver;
  return {
    id: receiver.id,
    name: receiver.name,
    dialect: DIALECT[receiver.dialect],
    audience: receiver.audience,
    clientSecret: secret,
    previousSecretUntil: until !== null && until > now ? until : undefined,
    issuer,
    createdAt: receiver.created_at,
    revokedAt: receiver.revoked_at ?? undefined,
    stream: stream && streamOfReceiver(stream, issuer),
  };
};

const streamOfReceiver = (stream: HeldStream, issuer: string): SignalStream => ({
  id: stream.id,
  delivery: stream.delivery === "push" ? SignalDelivery.SIGNAL_DELIVERY_PUSH : SignalDelivery.SIGNAL_DELIVERY_POLL,
  endpointUrl: stream.delivery === "push" ? stream.endpoint_url : pollUrl(issuer, stream.id),
  authorizationHeader: "",
  eventsRequested: [...stream.events_requested],
  status: STATUS[stream.status],
  statusReason: stream.status_reason,
  backlog: stream.backlog,
  refusedCount: stream.refused,
  droppedCount: stream.dropped,
  lastError: stream.last_error,
  lastSuccessAt: stream.last_success_at ?? undefined,
  consecutiveFailures: stream.failures,
  createdAt: stream.created_at,
});
