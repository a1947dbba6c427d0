import { type Resources, resource, short, time } from "./resource.ts";

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
};
