import { isNotRevoked, type Kind, type Reference } from "../kind.ts";

const FILTERED_LABELS: Reference = { path: "filter.labelIds", as: "labels", kind: "Label" };

export const WEBHOOK: Kind = {
  kind: "Webhook",
  service: "muster.notification.v1.WebhookService",
  methods: {
    list: "ListWebhooks",
    check: "CheckWebhook",
    create: "CreateWebhook",
    update: "UpdateWebhook",
    remove: "DeleteWebhook",
  },
  fields: ["url", "eventTypes", "labelIds", "enabled"],
  defaults: { enabled: true },
  references: [{ path: "labelIds", as: "labels", kind: "Label" }],
  isLost: () => true,
};

export const SINK: Kind = {
  kind: "Sink",
  service: "muster.notification.v1.SinkService",
  methods: { list: "ListSinks", check: "CheckSink", create: "CreateSink", update: "UpdateSink", remove: "DeleteSink" },
  fields: [
    "enabled",
    "filter",
    "format",
    "start",
    "batching",
    "splunkHec",
    "elasticsearch",
    "syslog",
    "kafka",
    "sentinel",
    "s3",
    "file",
  ],
  defaults: { enabled: true },
  onlyNew: ["start"],
  references: [FILTERED_LABELS],
  isLost: () => true,
};

export const SUBSCRIBER: Kind = {
  kind: "Subscriber",
  service: "muster.notification.v1.SubscriberService",
  methods: {
    list: "ListSubscribers",
    check: "CheckSubscriber",
    create: "CreateSubscriber",
    remove: "RevokeSubscriber",
  },
  fields: ["filter", "format", "start", "bufferMib"],
  onlyNew: ["start"],
  references: [FILTERED_LABELS],
  isLost: () => true,
};

export const SIGNAL_RECEIVER: Kind = {
  kind: "SignalReceiver",
  service: "muster.notification.v1.SharedSignalsService",
  methods: {
    list: "ListSignalReceivers",
    check: "CheckSignalReceiver",
    create: "CreateSignalReceiver",
    remove: "RevokeSignalReceiver",
  },
  fields: ["dialect", "audience"],
  defaults: { dialect: "SIGNAL_DIALECT_SSF" },
  isLive: isNotRevoked,
  isLost: () => true,
};
