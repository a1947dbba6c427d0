import { type Resources, resource, short, single, time } from "./resource.ts";

export const INVENTORY_RESOURCES: Resources = {
  devices: resource({
    path: "/api/v1/devices",
    field: "devices",
    paged: true,
    one: ["get"],
    columns: [
      ["name", (device) => device.displayName],
      ["platform", (device) => short(device.platform)],
      ["os", (device) => `${device.osName} ${device.osVersion}`.trim()],
      ["online", (device) => (device.online ? "yes" : "no")],
      ["last seen", (device) => time(device.lastSeenAt)],
      ["serial", (device) => device.hardwareSerial],
      ["id", (device) => device.id],
    ],
  }),
  software: resource({
    path: "/api/v1/software",
    field: "software",
    paged: true,
    columns: [
      ["name", (item) => item.name],
      ["version", (item) => item.version],
      ["source", (item) => item.source],
      ["devices", (item) => item.deviceCount],
    ],
  }),
  labels: resource({
    path: "/api/v1/labels",
    field: "labels",
    paged: false,
    one: ["get", "delete"],
    columns: [
      ["name", (label) => label.name],
      ["kind", (label) => short(label.kind)],
      ["devices", (label) => label.deviceCount],
      ["id", (label) => label.id],
    ],
  }),
  "live-queries": resource({
    path: "/api/v1/live-queries",
    field: "liveQueries",
    paged: true,
    one: ["get"],
    columns: [
      ["sql", (query) => query.sql.slice(0, 60)],
      ["state", (query) => query.state],
      ["answered", (query) => `${query.answered} of ${query.targets}`],
      ["asked by", (query) => query.createdBy],
      ["asked", (query) => time(query.createdAt)],
      ["id", (query) => query.id],
    ],
  }),
  carves: resource({
    path: "/api/v1/carves",
    field: "carves",
    paged: true,
    columns: [
      ["path", (carve) => carve.path],
      ["device", (carve) => carve.deviceId],
      ["state", (carve) => carve.state],
      ["bytes", (carve) => carve.sizeBytes],
      ["asked", (carve) => time(carve.createdAt)],
      ["id", (carve) => carve.id],
    ],
  }),
  "osquery-config": single({
    path: "/api/v1/osquery-config",
    columns: [
      ["scheduled queries", (config) => Object.keys(config.schedule ?? {}).length],
      ["packs", (config) => Object.keys(config.packs ?? {}).length],
      ["decorators", (config) => Object.keys(config.decorators ?? {})],
      ["options", (config) => JSON.stringify(config.options ?? {})],
    ],
  }),
};
