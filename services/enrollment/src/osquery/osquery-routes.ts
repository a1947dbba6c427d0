import type { NodeKeySigner } from "@muster/device-identity/node-key";
import type { HttpDoor } from "@muster/host/http-door";
import { HTTP_STATUS } from "@muster/host/http-status";
import { addEnrollmentRoute, type EnrollmentDoorDeps } from "../door/enrollment-door.ts";
import { nodeKeyOf } from "../door/node-key.ts";
import type { EnrollHost } from "../usecases/enroll-host.ts";
import { readOsqueryEnrollment } from "./osquery-machine.ts";

export interface OsqueryRoutesDeps extends EnrollmentDoorDeps {
  readonly enrollHost: EnrollHost;
  readonly signer: NodeKeySigner;
}

const PATHS = ["/api/osquery/enroll", "/api/v1/osquery/enroll"];

/** osquery's TLS enrollment. Any top-level "error" is a failure to osquery, and it tries again later by itself. */
export function addOsqueryRoutes(door: HttpDoor, deps: OsqueryRoutesDeps): void {
  for (const path of PATHS) {
    addEnrollmentRoute(door, deps, {
      method: "osquery",
      path,
      read: readOsqueryEnrollment,
      enroll: async (secretSha256, machine) => {
        const device = await deps.enrollHost({ secretSha256, machine });
        return { node_key: nodeKeyOf(deps.signer, device, "osquery"), node_invalid: false };
      },
      sayNo: (reply, { kind, code, message }) =>
        reply.code(HTTP_STATUS[kind]).send({ error: message, code, node_invalid: true }),
    });
  }
}
