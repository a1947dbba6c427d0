import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { createServer } from "node:tls";
import { createAuthority, issueCertificate } from "../../local/certificates.ts";
import { startIngress } from "../../local/ingress.ts";
import type { SecretsFolder } from "../../local/secrets.ts";
import { Upstream } from "../../local/upstream.ts";
import type { CommandLine } from "./command-line.ts";
import { NODE_ADDRESS } from "./network.ts";

/** Where people and devices come, by names that the cluster's DNS knows. */
export const PEOPLES = "muster.test";
export const DEVICES = "devices.muster.test";
const DEVICES_PORT = 8443;

export const PUBLIC_URL = `https://${PEOPLES}`;
export const PUBLIC_DEVICE_URL = `https://${DEVICES}:${DEVICES_PORT}`;

/**
 * Ends TLS before the Services, as the chart leaves it to a Gateway or an Ingress; answers the authority of both
 * certificates, PEM.
 */
export async function openDoors(
  kubectl: CommandLine,
  namespace: string,
  { secrets, files }: SecretsFolder,
  closing: AsyncDisposableStack,
): Promise<string> {
  const now = new Date();
  const authority = await createAuthority("Muster test doors", now);
  const names = [PEOPLES, DEVICES].map((value) => ({ type: "dns", value }) as const);
  const { cert, key } = await issueCertificate(authority, "serverAuth", names, now);
  const addressOf = (service: string): Promise<string> =>
    kubectl(["get", "service", `muster-${service}`, `--namespace=${namespace}`, "--output=jsonpath={.spec.clusterIP}"]);
  // One origin each: kube-proxy spreads over the replicas, and passes to none that is not ready.
  const upstream = async (service: string): Promise<Upstream> =>
    new Upstream([{ origin: `http://${await addressOf(service)}:8080`, isReady: async () => true }]);

  const gateway = await addressOf("gateway");
  const peoples = createServer({ cert, key }, (caller) => {
    const service = connect(8080, gateway);
    caller.pipe(service).pipe(caller);
    caller.on("error", () => service.destroy());
    service.on("error", () => caller.destroy());
  });
  await once(peoples.listen(443, NODE_ADDRESS), "listening");
  closing.defer(() => void peoples.close());

  const devices = await startIngress({
    host: NODE_ADDRESS,
    port: DEVICES_PORT,
    cert,
    key,
    deviceCa: await readFile(files.deviceCaCert, "utf8"),
    ingressKey: secrets.ingressKey,
    upstreams: {
      enrollment: await upstream("enrollment"),
      inventory: await upstream("inventory"),
      command: await upstream("command"),
      notification: await upstream("notification"),
    },
  });
  closing.defer(() => devices.stop());
  return authority.cert;
}
