import { type Resources, resource, short, time } from "./resource.ts";

export const BACKBONE_RESOURCES: Resources = {
  activities: resource({
    path: "/api/v1/activities",
    field: "activities",
    paged: true,
    columns: [
      ["time", (activity) => time(activity.time)],
      ["type", (activity) => activity.type],
      ["device", (activity) => activity.deviceId],
      ["actor", (activity) => activity.actor],
    ],
  }),
  parked: resource({
    path: "/api/v1/parked-events",
    field: "parkedEvents",
    paged: true,
    one: ["get"],
    columns: [
      ["since", (event) => time(event.parkedAt)],
      ["consumer", (event) => event.consumer],
      ["type", (event) => event.type],
      ["device", (event) => event.deviceId],
      ["state", (event) => short(event.state)],
      ["attempts", (event) => event.attempts],
      ["reason", (event) => event.reason.slice(0, 80)],
      ["id", (event) => event.id],
    ],
  }),
  backbone: resource({
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
  }),
};
