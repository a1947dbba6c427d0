import { identityOf } from "@muster/device-identity/device-certificate";
import type { NodeKeySigner } from "@muster/device-identity/node-key";
import type { HttpDoor } from "@muster/host/http-door";
import { traced } from "@muster/host/request-span";
import type { FastifyRequest } from "fastify";
import { readCertificateRequest } from "../ca/certificate-request.ts";
import { refuse } from "../domain/refusals.ts";
import { addEnrollmentRoute, type EnrollmentDoorDeps } from "../door/enrollment-door.ts";
import { credentialOf, fieldsOf } from "../door/fields.ts";
import { nodeKeyOf } from "../door/node-key.ts";
import type { EnrollAgent, EnrolledAgent } from "../usecases/enroll-agent.ts";
import type { RenewIdentity } from "../usecases/renew-identity.ts";
import { readAgentEnrollment } from "./agent-machine.ts";

/** How often an agent that hears nothing asks by itself. */
const CHECKIN_INTERVAL_SEC = 60;

export interface AgentRoutesDeps extends EnrollmentDoorDeps {
  readonly enrollAgent: EnrollAgent;
  readonly renewIdentity: RenewIdentity;
  readonly signer: NodeKeySigner;
  readonly chain: readonly string[];
  /** JWKS: with these the agent checks that a command is ours. */
  readonly commandKeys: unknown;
  readonly now: () => Date;
}

/** Our agent's enrollment and renewal. */
export function addAgentRoutes(door: HttpDoor, deps: AgentRoutesDeps): void {
  const { enrollAgent, signer, chain, commandKeys } = deps;
  const identity = ({ device, certificate }: EnrolledAgent) => ({
    certificate: certificate.pem,
    chain,
    nodeKey: nodeKeyOf(signer, device, "agent"),
  });

  addEnrollmentRoute(door, deps, {
    method: "agent",
    path: "/agent/v1/enroll",
    read: readAgentEnrollment,
    enroll: async (tokenSha256, machine, body) => {
      const request = await readCertificateRequest(credentialOf(fieldsOf(body), "csr"));
      const enrolled = await enrollAgent({ tokenSha256, request, machine });
      const { id, tenant, ownership } = enrolled.device;
      return {
        deviceId: id,
        tenant,
        ...identity(enrolled),
        commandKeys,
        checkinIntervalSec: CHECKIN_INTERVAL_SEC,
        ownership,
      };
    },
  });

  door.post(
    "/agent/v1/renew",
    traced(async (request) => identity(await renewFor(request, deps))),
  );
}

async function renewFor(
  request: FastifyRequest,
  { ingress, renewIdentity, now }: AgentRoutesDeps,
): Promise<EnrolledAgent> {
  const certificate = ingress.clientCertificate(request.headers);
  if (certificate === undefined) {
    throw refuse("agent.no_certificate", "renewal needs the device's present certificate as TLS client certificate");
  }
  const shown = identityOf(certificate);
  if (shown === undefined || certificate.validToDate <= now()) {
    throw refuse("agent.reenroll", "this certificate is no longer good here; enroll again with a new token");
  }
  const csr = await readCertificateRequest(credentialOf(fieldsOf(request.body), "csr"));
  return renewIdentity({ ...shown, request: csr });
}
