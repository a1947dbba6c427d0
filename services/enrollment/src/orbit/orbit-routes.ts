import type { NodeKeySigner } from "@muster/device-identity/node-key";
import type { HttpDoor } from "@muster/host/http-door";
import { HTTP_STATUS } from "@muster/host/http-status";
import type { Machine } from "../domain/claim.ts";
import { platformOf } from "../domain/platform.ts";
import { addEnrollmentRoute, type EnrollmentDoorDeps } from "../door/enrollment-door.ts";
import { credentialOf, fieldsOf, textOf } from "../door/fields.ts";
import { nodeKeyOf } from "../door/node-key.ts";
import type { EnrollHost } from "../usecases/enroll-host.ts";

export interface OrbitRoutesDeps extends EnrollmentDoorDeps {
  readonly enrollHost: EnrollHost;
  readonly signer: NodeKeySigner;
}

/** fleetd's enrollment. The osqueryd beside it enrolls by itself and becomes the same device. */
export function addOrbitRoutes(door: HttpDoor, deps: OrbitRoutesDeps): void {
  addEnrollmentRoute(door, deps, {
    method: "orbit",
    path: "/api/fleet/orbit/enroll",
    read: readOrbitEnrollment,
    enroll: async (secretSha256, machine) => {
      const device = await deps.enrollHost({ secretSha256, machine });
      return { orbit_node_key: nodeKeyOf(deps.signer, device, "orbit") };
    },
    sayNo: (reply, { kind, code, message }) =>
      reply.code(HTTP_STATUS[kind]).send({ message, code, errors: [{ name: "base", reason: message }] }),
  });
}

function readOrbitEnrollment(body: unknown): { credential: string; machine: Machine } {
  const fields = fieldsOf(body);
  // fleetd sends the id of its osquery database here, and only when that is what its hosts go by.
  const osqueryIdentifier = textOf(fields, "osquery_identifier");
  return {
    credential: credentialOf(fields, "enroll_secret"),
    machine: {
      method: "orbit",
      platform: platformOf("", textOf(fields, "platform"), textOf(fields, "platform_like")),
      hostIdentifier: osqueryIdentifier,
      hardwareUuid: textOf(fields, "hardware_uuid"),
      hardwareSerial: textOf(fields, "hardware_serial"),
      hardwareVendor: "",
      hardwareModel: textOf(fields, "hardware_model"),
      hostname: textOf(fields, "hostname"),
      instanceId: osqueryIdentifier,
    },
  };
}
