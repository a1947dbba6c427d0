import { ApplicationError, EntityManagement } from "./classes.ts";
import type { MappingsOf } from "./mapping.ts";

export const notification: MappingsOf<"notification"> = {
  "muster.notification.v1.SinkFailing": {
    kinds: [ApplicationError["General Error"]],
    mapped: ["lastError"],
    tell: ({ lastError }) => ({ kind: ApplicationError["General Error"], attributes: { status_detail: lastError } }),
  },
  "muster.notification.v1.SinkRecovered": {
    kinds: [EntityManagement.Resume],
    mapped: ["webhookId", "sinkId", "name"],
    tell: ({ name, sinkId, webhookId }) => ({
      kind: EntityManagement.Resume,
      attributes: { entity: { type_id: 99, type: "Event receiver", uid: sinkId === "" ? webhookId : sinkId, name } },
    }),
  },
  "muster.notification.v1.AuditCheckpointed": {
    kinds: [EntityManagement.Create],
    mapped: ["hash", "number"],
    tell: ({ hash, number }) => ({
      kind: EntityManagement.Create,
      attributes: { entity: { type_id: 99, type: "Audit checkpoint", uid: hash, name: String(number) } },
    }),
  },
  "muster.notification.v1.AuditRecordsRemoved": {
    kinds: [EntityManagement.Delete],
    mapped: ["hash", "through"],
    tell: ({ hash, through }) => ({
      kind: EntityManagement.Delete,
      attributes: { entity: { type_id: 99, type: "Audit records", uid: hash, name: String(through) } },
    }),
  },
  "muster.notification.v1.SubscriberCreated": {
    kinds: [EntityManagement.Create],
    mapped: ["subscriberId", "name"],
    tell: ({ name, subscriberId }) => ({
      kind: EntityManagement.Create,
      attributes: { entity: { type_id: 99, type: "Event receiver", uid: subscriberId, name } },
    }),
  },
  "muster.notification.v1.SubscriberRevoked": {
    kinds: [EntityManagement.Delete],
    mapped: ["subscriberId", "name"],
    tell: ({ name, subscriberId }) => ({
      kind: EntityManagement.Delete,
      attributes: { entity: { type_id: 99, type: "Event receiver", uid: subscriberId, name } },
    }),
  },
};
