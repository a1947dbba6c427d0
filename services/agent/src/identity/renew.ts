import type { Server } from "../channel/server.ts";
import { createCertificateRequest } from "./certificate-request.ts";
import type { Identity } from "./identity.ts";

/** A new certificate for a new key, asked for with the old one. */
export async function renew(server: Server, identity: Identity, signal: AbortSignal): Promise<Identity> {
  const { csr, privateKey } = await createCertificateRequest(identity.deviceId);
  const answer = (await server.post("/agent/v1/renew", { csr }, { signal })) as {
    certificate?: string;
    chain?: readonly string[];
    nodeKey?: string;
  };
  if (answer.certificate === undefined) throw new Error("the server's answer to the renewal lacks certificate");
  return {
    ...identity,
    privateKey,
    certificate: answer.certificate,
    chain: answer.chain ?? identity.chain,
    nodeKey: answer.nodeKey ?? identity.nodeKey,
  };
}
