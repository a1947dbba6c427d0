import { type Resources, resource, short, time } from "./resource.ts";

/** A sink has one of these. */
const DESTINATIONS = ["splunkHec", "elasticsearch", "syslog", "kafka", "sentinel", "s3", "file"] as const;

export const NOTIFICATION_RESOURCES: Resources = {
  webhooks: resource({
    path: "/api/v1/webhooks",
    field: "webhooks",
    paged: false,
    one: ["get", "delete"],
    columns: [
      ["name", (webhook) => webhook.name],
      ["url", (webhook) => webhook.url],
      ["enabled", (webhook) => (webhook.enabled ? "yes" : "no")],
      ["waiting", (webhook) => webhook.pendingCount],
      ["dead", (webhook) => webhook.deadCount],
      ["id", (webhook) => webhook.id],
    ],
  }),
  sinks: resource({
    path: "/api/v1/sinks",
    field: "sinks",
    paged: false,
    one: ["get", "delete"],
    columns: [
      ["name", (sink) => sink.name],
      ["to", (sink) => DESTINATIONS.find((name) => sink[name] !== undefined)],
      ["state", (sink) => short(sink.health?.state)],
      ["waiting", (sink) => sink.health?.lagEvents],
      ["lag", (sink) => `${Math.round(sink.health?.lagSeconds ?? 0)} s`],
      ["dead", (sink) => sink.health?.deadCount],
      ["id", (sink) => sink.id],
    ],
  }),
  subscribers: resource({
    path: "/api/v1/subscribers",
    field: "subscribers",
    paged: false,
    one: ["get", "delete"],
    columns: [
      ["name", (subscriber) => subscriber.name],
      ["state", (subscriber) => short(subscriber.health?.state)],
      ["lag", (subscriber) => subscriber.health?.lagEvents],
      ["waiting", (subscriber) => subscriber.health?.waitingEvents],
      ["unsettled", (subscriber) => subscriber.health?.unsettledEvents],
      ["settled", (subscriber) => time(subscriber.health?.settledAt)],
      ["id", (subscriber) => subscriber.id],
    ],
  }),
  "signal-receivers": resource({
    path: "/api/v1/signal-receivers",
    field: "receivers",
    paged: false,
    one: ["get"],
    columns: [
      ["name", (receiver) => receiver.name],
      ["delivery", (receiver) => (receiver.stream ? short(receiver.stream.delivery) : "none yet")],
      ["status", (receiver) => (receiver.stream ? short(receiver.stream.status) : "")],
      ["waiting", (receiver) => receiver.stream?.backlog ?? ""],
      ["refused", (receiver) => receiver.stream?.refusedCount ?? ""],
      ["last taken", (receiver) => time(receiver.stream?.lastSuccessAt)],
      ["last error", (receiver) => receiver.stream?.lastError.slice(0, 80)],
      ["revoked", (receiver) => time(receiver.revokedAt)],
      ["id", (receiver) => receiver.id],
    ],
  }),
};
