import { ApplicationError, DetectionFinding, EntityManagement } from "./classes.ts";
import type { MappingsOf } from "./mapping.ts";
import { deviceEntity, endpointOf } from "./objects.ts";

export const enrollment: MappingsOf<"enrollment"> = {
  "muster.enrollment.v1.DeviceEnrolled": {
    kinds: [EntityManagement.Enroll],
    mapped: ["enrollment.deviceId"],
    tell: (_, event) => ({ kind: EntityManagement.Enroll, attributes: { entity: deviceEntity(event) } }),
  },
  "muster.enrollment.v1.DeviceUnenrolled": {
    kinds: [EntityManagement.Unenroll],
    mapped: ["enrollment.deviceId", "reason"],
    tell: ({ reason }, event) => ({
      kind: EntityManagement.Unenroll,
      attributes: { entity: deviceEntity(event), ...(reason !== "" && { comment: reason }) },
    }),
  },
  "muster.enrollment.v1.IdentityRenewed": {
    kinds: [EntityManagement.Update],
    mapped: ["enrollment.deviceId"],
    tell: (_, event) => ({ kind: EntityManagement.Update, attributes: { entity: deviceEntity(event) } }),
  },
  "muster.enrollment.v1.IdentityRenewalRequested": {
    kinds: [EntityManagement.Update],
    mapped: ["deviceId"],
    tell: (_, event) => ({ kind: EntityManagement.Update, attributes: { entity: deviceEntity(event) } }),
  },
  "muster.enrollment.v1.IdentityConflictFound": {
    kinds: [DetectionFinding.Create],
    mapped: ["enrollment.deviceId", "holderDeviceId"],
    tell: ({ holderDeviceId }, event) => ({
      kind: DetectionFinding.Create,
      attributes: {
        finding_info: {
          uid: `identity-conflict/${event.deviceId}`,
          title: "Two machines claim one hardware identity",
          types: ["Identity Conflict"],
          created_time: event.time.getTime(),
        },
        resources: [
          { uid: event.deviceId, type: "Device", role_id: 3, role: "Affected" },
          { uid: holderDeviceId, type: "Device", role_id: 4, role: "Related" },
        ],
        status_id: 1,
        status: "New",
      },
    }),
  },
  "muster.enrollment.v1.PushTokenChanged": {
    kinds: [EntityManagement.Update],
    mapped: ["deviceId"],
    tell: (_, event) => ({ kind: EntityManagement.Update, attributes: { entity: deviceEntity(event) } }),
  },
  "muster.enrollment.v1.SecretEscrowed": {
    kinds: [EntityManagement.Update],
    mapped: ["secret.deviceId"],
    tell: (_, event) => ({ kind: EntityManagement.Update, attributes: { entity: deviceEntity(event) } }),
  },
  "muster.enrollment.v1.SecretRead": {
    kinds: [EntityManagement.Read],
    mapped: ["secret.deviceId", "purpose"],
    tell: ({ purpose }, event) => ({
      kind: EntityManagement.Read,
      attributes: { entity: deviceEntity(event), ...(purpose !== "" && { comment: purpose }) },
    }),
  },
  "muster.enrollment.v1.AutomatedEnrollmentServerExpiring": {
    kinds: [EntityManagement.Update],
    mapped: ["serverId", "name"],
    tell: ({ name, serverId }) => ({
      kind: EntityManagement.Update,
      attributes: { entity: { type_id: 99, type: "Automated enrollment server", uid: serverId, name } },
    }),
  },
  "muster.enrollment.v1.AutomatedEnrollmentTermsChanged": {
    kinds: [ApplicationError["General Error"]],
    mapped: ["name"],
    tell: ({ name }) => ({ kind: ApplicationError["General Error"], attributes: { status_detail: name } }),
  },
  "muster.enrollment.v1.EnrollmentRefused": {
    kinds: [EntityManagement.Enroll],
    mapped: ["hostname", "code", "remoteAddress"],
    tell: ({ code, hostname, remoteAddress }) => ({
      kind: EntityManagement.Enroll,
      attributes: {
        entity: { type_id: 1, type: "Device", name: hostname === "" ? "unknown" : hostname },
        src_endpoint: endpointOf(remoteAddress),
        status_code: code,
      },
    }),
  },
};
