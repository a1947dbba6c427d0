import type { Column } from "../output/print.ts";

export interface Resource {
  readonly path: string;
  /** The field of the answer that holds the list. */
  readonly field: string;
  readonly paged: boolean;
  readonly columns: readonly Column[];
}

const short = (name: unknown): string =>
  String(name)
    .replace(
      /^(PLATFORM|COMMAND_STATE|COMMAND_TYPE|CAMPAIGN_STATE|APP_LICENSE_STATE|LABEL_KIND|PARKED_EVENT_STATE|SUBSCRIBER_STATE|SEVERITY|OWNERSHIP|SINK_STATE|SIGNAL_DELIVERY|SIGNAL_STREAM_STATUS|AUTOMATED_ENROLLMENT_ASSIGNMENT)_/,
      "",
    )
    .toLowerCase();
const time = (at: unknown): string => (typeof at === "string" ? at.replace(/\.\d+Z$/, "Z") : "");

/** A sink has one of these. */
const DESTINATIONS = ["splunkHec", "elasticsearch", "syslog", "kafka", "sentinel", "s3", "file"];

/** What `muster get` lists. */
export const RESOURCES: Readonly<Record<string, Resource>> = {
  devices: {
    path: "/api/v1/devices",
    field: "devices",
    paged: true,
    columns: [
      ["name", (device) => device.displayName],
      ["platform", (device) => short(device.platform)],
      ["os", (device) => `${device.osName} ${device.osVersion}`.trim()],
      ["online", (device) => (device.online ? "yes" : "no")],
      ["last seen", (device) => time(device.lastSeenAt)],
      ["serial", (device) => device.hardwareSerial],
      ["id", (device) => device.id],
    ],
  },
  software: {
    path: "/api/v1/software",
    field: "software",
    paged: true,
    columns: [
      ["name", (item) => item.name],
      ["version", (item) => item.version],
      ["source", (item) => item.source],
      ["devices", (item) => item.deviceCount],
    ],
  },
  labels: {
    path: "/api/v1/labels",
    field: "labels",
    paged: false,
    columns: [
      ["name", (label) => label.name],
      ["kind", (label) => short(label.kind)],
      ["devices", (label) => label.deviceCount],
      ["id", (label) => label.id],
    ],
  },
  policies: {
    path: "/api/v1/policies",
    field: "policies",
    paged: false,
    columns: [
      ["name", (policy) => policy.name],
      ["severity", (policy) => short(policy.severity)],
      ["pass", (policy) => policy.passCount],
      ["fail", (policy) => policy.failCount],
      ["unknown", (policy) => policy.unknownCount],
      ["stale", (policy) => policy.staleCount],
      ["id", (policy) => policy.id],
    ],
  },
  profiles: {
    path: "/api/v1/profiles",
    field: "profiles",
    paged: false,
    columns: [
      ["name", (profile) => profile.name],
      ["identifier", (profile) => profile.identifier],
      ["revision", (profile) => profile.revision],
      ["pending", (profile) => profile.counts?.pending ?? 0],
      ["delivered", (profile) => profile.counts?.delivered ?? 0],
      ["verified", (profile) => profile.counts?.verified ?? 0],
      ["failed", (profile) => profile.counts?.failed ?? 0],
      ["removing", (profile) => profile.counts?.removing ?? 0],
      ["id", (profile) => profile.id],
    ],
  },
  declarations: {
    path: "/api/v1/declarations",
    field: "declarations",
    paged: false,
    columns: [
      ["name", (declaration) => declaration.name],
      ["type", (declaration) => String(declaration.type).replace("com.apple.", "")],
      ["enabled", (declaration) => (declaration.enabled ? "yes" : "no")],
      ["pending", (declaration) => declaration.counts?.pending],
      ["active", (declaration) => declaration.counts?.active],
      ["inactive", (declaration) => declaration.counts?.inactive],
      ["invalid", (declaration) => declaration.counts?.invalid],
      ["id", (declaration) => declaration.id],
    ],
  },
  webhooks: {
    path: "/api/v1/webhooks",
    field: "webhooks",
    paged: false,
    columns: [
      ["name", (webhook) => webhook.name],
      ["url", (webhook) => webhook.url],
      ["enabled", (webhook) => (webhook.enabled ? "yes" : "no")],
      ["waiting", (webhook) => webhook.pendingCount],
      ["dead", (webhook) => webhook.deadCount],
      ["id", (webhook) => webhook.id],
    ],
  },
  sinks: {
    path: "/api/v1/sinks",
    field: "sinks",
    paged: false,
    columns: [
      ["name", (sink) => sink.name],
      ["to", (sink) => DESTINATIONS.find((name) => sink[name] !== undefined)],
      ["state", (sink) => short(sink.health?.state)],
      ["waiting", (sink) => sink.health?.lagEvents],
      ["lag", (sink) => `${Math.round(sink.health?.lagSeconds ?? 0)} s`],
      ["dead", (sink) => sink.health?.deadCount],
      ["id", (sink) => sink.id],
    ],
  },
  subscribers: {
    path: "/api/v1/subscribers",
    field: "subscribers",
    paged: false,
    columns: [
      ["name", (subscriber) => subscriber.name],
      ["state", (subscriber) => short(subscriber.health?.state)],
      ["lag", (subscriber) => subscriber.health?.lagEvents],
      ["waiting", (subscriber) => subscriber.health?.waitingEvents],
      ["unsettled", (subscriber) => subscriber.health?.unsettledEvents],
      ["settled", (subscriber) => time(subscriber.health?.settledAt)],
      ["id", (subscriber) => subscriber.id],
    ],
  },
  "signal-receivers": {
    path: "/api/v1/signal-receivers",
    field: "receivers",
    paged: false,
    columns: [
      ["name", (receiver) => receiver.name],
      ["delivery", (receiver) => (receiver.stream ? short(receiver.stream.delivery) : "none yet")],
      ["status", (receiver) => (receiver.stream ? short(receiver.stream.status) : "")],
      ["waiting", (receiver) => receiver.stream?.backlog ?? ""],
      ["refused", (receiver) => receiver.stream?.refusedCount ?? ""],
      ["last taken", (receiver) => time(receiver.stream?.lastSuccessAt)],
      ["last error", (receiver) => String(receiver.stream?.lastError ?? "").slice(0, 80)],
      ["revoked", (receiver) => time(receiver.revokedAt)],
      ["id", (receiver) => receiver.id],
    ],
  },
  commands: {
    path: "/api/v1/commands",
    field: "commands",
    paged: true,
    columns: [
      ["created", (command) => time(command.createdAt)],
      ["type", (command) => short(command.type)],
      ["state", (command) => short(command.state)],
      ["device", (command) => command.deviceId],
      ["by", (command) => command.createdBy],
      ["id", (command) => command.id],
    ],
  },
  "app-tokens": {
    path: "/api/v1/app-tokens",
    field: "tokens",
    paged: false,
    columns: [
      ["location", (token) => token.location],
      ["organization", (token) => token.organization],
      ["expires", (token) => time(token.expiresAt)],
      ["claimed by", (token) => token.claimedBy],
      ["problem", (token) => String(token.problem ?? "").slice(0, 80)],
      ["synced", (token) => time(token.syncedAt)],
      ["id", (token) => token.id],
    ],
  },
  "app-assets": {
    path: "/api/v1/app-assets",
    field: "assets",
    paged: true,
    columns: [
      ["store id", (asset) => asset.adamId],
      ["type", (asset) => asset.productType],
      ["total", (asset) => asset.totalCount],
      ["assigned", (asset) => asset.assignedCount],
      ["available", (asset) => asset.availableCount],
      ["token", (asset) => asset.tokenId],
    ],
  },
  "app-licenses": {
    path: "/api/v1/app-licenses",
    field: "licenses",
    paged: true,
    columns: [
      ["store id", (license) => license.adamId],
      ["app", (license) => license.identifier],
      ["device", (license) => license.deviceId],
      ["state", (license) => short(license.state)],
      ["of", (license) => (license.ofPerson ? "person" : "device")],
      ["since", (license) => time(license.since)],
    ],
  },
  campaigns: {
    path: "/api/v1/campaigns",
    field: "campaigns",
    paged: true,
    columns: [
      ["created", (campaign) => time(campaign.createdAt)],
      ["name", (campaign) => campaign.name],
      ["type", (campaign) => short(campaign.type)],
      ["state", (campaign) => short(campaign.state)],
      ["wave", (campaign) => `${campaign.wave} of ${campaign.waveSizes.length}`],
      ["devices", (campaign) => campaign.deviceCount],
      ["halted by", (campaign) => campaign.haltReason],
      ["by", (campaign) => campaign.createdBy],
      ["id", (campaign) => campaign.id],
    ],
  },
  activities: {
    path: "/api/v1/activities",
    field: "activities",
    paged: true,
    columns: [
      ["time", (activity) => time(activity.time)],
      ["type", (activity) => activity.type],
      ["device", (activity) => activity.deviceId],
      ["actor", (activity) => activity.actor],
    ],
  },
  parked: {
    path: "/api/v1/parked-events",
    field: "parkedEvents",
    paged: true,
    columns: [
      ["since", (event) => time(event.parkedAt)],
      ["consumer", (event) => event.consumer],
      ["type", (event) => event.type],
      ["device", (event) => event.deviceId],
      ["state", (event) => short(event.state)],
      ["attempts", (event) => event.attempts],
      ["reason", (event) => String(event.reason).slice(0, 80)],
      ["id", (event) => event.id],
    ],
  },
  backbone: {
    path: "/api/v1/backbone",
    field: "consumers",
    paged: false,
    columns: [
      ["consumer", (consumer) => consumer.consumer],
      ["behind", (consumer) => consumer.behind],
      ["oldest unheard", (consumer) => time(consumer.oldestUnheard)],
      ["gaps", (consumer) => consumer.gapsFound],
      ["repaired", (consumer) => consumer.repaired],
      ["unknown", (consumer) => consumer.unknown],
      ["parked", (consumer) => consumer.parkedEvents],
      ["dead", (consumer) => consumer.deadLetters],
      ["compared", (consumer) => time(consumer.comparedAt)],
      ["problem", (consumer) => consumer.problem],
    ],
  },
  users: {
    path: "/api/v1/users",
    field: "users",
    paged: false,
    columns: [
      ["email", (user) => user.email],
      ["name", (user) => user.name],
      ["role", (user) => user.role],
      ["disabled", (user) => (user.disabled ? "yes" : "no")],
      ["last sign-in", (user) => time(user.lastSignInAt)],
      ["id", (user) => user.id],
    ],
  },
  tokens: {
    path: "/api/v1/api-tokens",
    field: "apiTokens",
    paged: false,
    columns: [
      ["name", (token) => token.name],
      ["role", (token) => token.role],
      ["ends with", (token) => token.hint],
      ["last used", (token) => time(token.lastUsedAt)],
      ["revoked", (token) => time(token.revokedAt)],
      ["id", (token) => token.id],
    ],
  },
  secrets: {
    path: "/api/v1/enroll-secrets",
    field: "enrollSecrets",
    paged: false,
    columns: [
      ["name", (secret) => secret.name],
      ["ends with", (secret) => secret.hint],
      ["uses", (secret) => secret.uses],
      ["expires", (secret) => time(secret.expiresAt)],
      ["revoked", (secret) => time(secret.revokedAt)],
      ["id", (secret) => secret.id],
    ],
  },
  "automated-servers": {
    path: "/api/v1/automated-enrollment-servers",
    field: "servers",
    paged: false,
    columns: [
      ["name", (server) => server.name],
      ["at Apple", (server) => server.appleName],
      ["devices", (server) => server.deviceCount],
      ["synchronized", (server) => time(server.syncedAt)],
      ["token ends", (server) => time(server.tokenExpiresAt)],
      ["problem", (server) => server.lastError],
      ["id", (server) => server.id],
    ],
  },
  "automated-profiles": {
    path: "/api/v1/automated-enrollment-profiles",
    field: "profiles",
    paged: false,
    columns: [
      ["name", (profile) => profile.name],
      ["supervised", (profile) => (profile.supervised ? "yes" : "no")],
      ["waits", (profile) => (profile.awaitConfiguration ? "yes" : "no")],
      ["changed", (profile) => time(profile.updatedAt)],
      ["id", (profile) => profile.id],
    ],
  },
  "automated-devices": {
    path: "/api/v1/automated-enrollment-devices",
    field: "devices",
    paged: true,
    columns: [
      ["serial", (device) => device.serialNumber],
      ["model", (device) => device.model],
      ["profile", (device) => device.profileId],
      ["assignment", (device) => short(device.assignment)],
      ["answer", (device) => device.assignmentResult],
      ["enrolled as", (device) => device.deviceId || "not yet"],
    ],
  },
};
