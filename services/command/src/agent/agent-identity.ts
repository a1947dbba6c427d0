import { identityOf } from "@muster/device-identity/device-certificate";
import type { DeviceIdentity } from "@muster/device-identity/identity";
import type { TrustedIngress } from "@muster/host/ingress";
import type { FastifyRequest } from "fastify";
import { refuse } from "../domain/refusals.ts";

/** Who the agent is, by the certificate that the ingress verified. */
export function agentOf(ingress: TrustedIngress, { headers }: FastifyRequest): DeviceIdentity {
  const certificate = ingress.clientCertificate(headers);
  if (certificate === undefined) {
    throw refuse("agent.certificate_required", "this door asks for the client certificate that enrollment issued");
  }
  const identity = identityOf(certificate);
  if (identity === undefined) throw reenroll("the certificate names no device");
  return identity;
}

/** The one refusal after which an agent enrolls again. */
export const reenroll = (why: string) => refuse("agent.reenroll", `${why}: enroll again with a token`);
