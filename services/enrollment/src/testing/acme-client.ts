import { X509Certificate } from "node:crypto";
import type { AcmeRequest } from "@muster/e2e/simulators/apple/acme/acme-client";
import acme from "acme-client";
import { ORIGIN, type RunningService } from "./running-service.ts";

/** A certificate as the program acme-client gets it, which knows nothing of devices: the order and no attestation. */
export async function byAcmeClient(
  { url }: Pick<RunningService, "url">,
  { clientIdentifier, directoryUrl }: AcmeRequest,
): Promise<X509Certificate> {
  acme.axios.interceptors.request.use((request) => ({ ...request, url: request.url?.replace(ORIGIN, url) ?? "" }));
  const client = new acme.Client({ directoryUrl, accountKey: await acme.crypto.createPrivateEcdsaKey() });
  await client.createAccount({ termsOfServiceAgreed: true });
  const order = await client.createOrder({ identifiers: [{ type: "permanent-identifier", value: clientIdentifier }] });
  const [authorization] = await client.getAuthorizations(order);
  const [challenge] = authorization?.challenges ?? [];
  if (challenge === undefined) throw new Error("there is no challenge");
  await client.completeChallenge(challenge);
  await client.waitForValidStatus(challenge);
  const [, csr] = await acme.crypto.createCsr({ commonName: "a-device" });
  const done = await client.finalizeOrder(order, csr);
  return new X509Certificate(await client.getCertificate(done));
}
