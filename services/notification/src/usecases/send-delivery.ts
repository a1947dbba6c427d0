import { render } from "@muster/event-formats/render";
import { inSpan, metrics, SpanKind, traceOf } from "@muster/host/telemetry";
import { ATTRIBUTE, SPAN } from "@muster/host/telemetry-names";
import type { Outcome } from "../domain/delivery.ts";
import { signatureOf } from "../domain/signature.ts";
import type { DueDelivery } from "../storage/due-deliveries.ts";
import { summaryOf } from "../storage/known-device.ts";
import type { Post, WebhookSecrets } from "./ports.ts";

export interface SendDeps {
  readonly post: (message: Post) => Promise<Outcome>;
  readonly vault: Pick<WebhookSecrets, "open">;
  readonly now: () => Date;
}

/** What signs and posts one delivery, within the trace of the event it tells of. */
export function deliverySender(deps: SendDeps): (delivery: DueDelivery) => Promise<Outcome> {
  const attempted = metrics.getMeter("muster").createHistogram("muster.webhook.attempt.duration", {
    unit: "s",
    description: "How long a receiver took to answer",
  });
  return async (delivery) => {
    const started = performance.now();
    const outcome = await inTrace(delivery, () => deps.post(messageOf(deps, delivery)));
    attempted.record((performance.now() - started) / 1_000, { outcome: outcome.kind });
    return outcome;
  };
}

function messageOf({ vault, now }: SendDeps, delivery: DueDelivery): Post {
  const { tenant, webhook_id, event_id } = delivery;
  const body = render("cloudevents", {
    id: event_id,
    type: delivery.event_type,
    source: delivery.source,
    tenant,
    deviceId: delivery.device_id,
    actor: delivery.actor,
    time: delivery.event_time,
    // Receivers learn no trace, for it would tie our traces to what strangers send on.
    traceparent: "",
    data: delivery.data,
    ...summaryOf(delivery.device),
  });
  const sealed = delivery.previous_secret === null ? [delivery.secret] : [delivery.secret, delivery.previous_secret];
  const secrets = sealed.map((each) => vault.open(tenant, webhook_id, each));
  const timestampSec = Math.floor(now().getTime() / 1_000);
  return {
    url: delivery.url,
    body,
    headers: {
      "content-type": "application/json",
      "user-agent": "Muster-Webhook/1",
      "webhook-id": event_id,
      "webhook-timestamp": String(timestampSec),
      "webhook-signature": signatureOf(secrets, event_id, timestampSec, body),
    },
  };
}

function inTrace(delivery: DueDelivery, send: () => Promise<Outcome>): Promise<Outcome> {
  if (delivery.traceparent === "") return send();
  const attributes = {
    [ATTRIBUTE.httpMethod]: "POST",
    [ATTRIBUTE.serverAddress]: new URL(delivery.url).hostname,
    [ATTRIBUTE.messagingMessageId]: delivery.event_id,
    [ATTRIBUTE.httpResendCount]: delivery.attempts,
  };
  const parent = traceOf({ traceparent: delivery.traceparent });
  return inSpan(SPAN.webhook, { kind: SpanKind.CLIENT, parent, attributes }, async (note) => {
    const outcome = await send();
    note({ [ATTRIBUTE.httpStatus]: outcome.status });
    return outcome;
  });
}
