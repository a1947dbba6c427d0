import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createAuthority, issueCertificate } from "../../../local/certificates.ts";
import { startIngress } from "../../../local/ingress.ts";
import { startPageIngress } from "../../../local/page-ingress.ts";
import { Upstream } from "../../../local/upstream.ts";
import type { CommandLine } from "../command-line.ts";
import { NODE_ADDRESS } from "../network.ts";
import { CONSOLE_URL } from "./platform.ts";
import { DEVICE_HOST } from "./services.ts";

export interface DoorsInputs {
  readonly kubectl: CommandLine;
  readonly namespace: string;
  readonly folder: string;
  readonly ingressKey: string;
  readonly closing: AsyncDisposableStack;
}

/**
 * The launcher's hop in front of people and devices, before the Services of the release: who comes by it is balanced by
 * the node. @returns the certificate of the authority that vouches for it
 */
export async function openDoors({ kubectl, namespace, folder, ingressKey, closing }: DoorsInputs): Promise<string> {
  const upstream = async (service: string): Promise<Upstream> => {
    const address = ["get", "service", `muster-${service}`, `--namespace=${namespace}`];
    const clusterAddress = await kubectl([...address, "--output=jsonpath={.spec.clusterIP}"]);
    return new Upstream([{ origin: `http://${clusterAddress}:8080`, isReady: () => Promise.resolve(true) }]);
  };
  const authority = await createAuthority("Muster test doors", new Date());
  const names = [{ type: "dns", value: DEVICE_HOST }] as const;
  const ingress = await startIngress({
    host: NODE_ADDRESS,
    port: 443,
    ...(await issueCertificate(authority, ["serverAuth"], names, new Date())),
    deviceCa: await readFile(join(folder, "secrets/device-ca.pem"), "utf8"),
    ingressKey,
    upstreams: {
      enrollment: await upstream("enrollment"),
      inventory: await upstream("inventory"),
      command: await upstream("command"),
      notification: await upstream("notification"),
    },
  });
  closing.defer(() => ingress.stop());
  const page = await startPageIngress({
    host: NODE_ADDRESS,
    port: Number(new URL(CONSOLE_URL).port),
    ingressKey,
    gateway: await upstream("gateway"),
  });
  closing.defer(() => page.stop());
  return authority.cert;
}
