import { generateKeyPairSync } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createAuthority, issueCertificate } from "../../local/certificates.ts";
import { readyByPort } from "../../local/ready-by-port.ts";
import { commandLine } from "./command-line.ts";
import { type Kubeconfigs, writeIdentities } from "./identities.ts";
import { API_SERVER, NODE_ADDRESS, SERVICE_NETWORK } from "./network.ts";
import { starter } from "./starter.ts";

export interface ControlPlane {
  readonly kubeconfigs: Kubeconfigs;
  /** The file with the certificate of the authority that client certificates are of. */
  readonly authority: string;
}

/** Starts etcd, the API server and the controllers, each with a log in the folder. */
export async function startControlPlane(
  programs: string,
  folder: string,
  closing: AsyncDisposableStack,
): Promise<ControlPlane> {
  const now = new Date();
  const file = async (name: string, content: string): Promise<string> => {
    await writeFile(join(folder, name), content, { mode: 0o600 });
    return join(folder, name);
  };
  const ca = await createAuthority("Muster test cluster", now);
  const server = await issueCertificate(
    ca,
    ["serverAuth"],
    [
      { type: "ip", value: "127.0.0.1" },
      { type: "ip", value: NODE_ADDRESS },
    ],
    now,
  );
  const client = await issueCertificate(ca, ["clientAuth"], [{ type: "dns", value: "kube-apiserver" }], now);
  const accounts = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "sec1", format: "pem" },
  });
  const authority = await file("ca.pem", ca.cert);
  const accountKey = await file("accounts-key.pem", accounts.privateKey);
  const { tokens, kubeconfigs } = await writeIdentities(folder, ca.cert);

  const kubectl = commandLine(join(programs, "kubectl"), kubeconfigs.administrator, folder);
  const readyToAnswer = (): Promise<boolean> =>
    kubectl(["get", "--raw=/readyz"]).then(
      () => true,
      () => false,
    );
  const start = starter({ programs, folder, closing });

  await start("etcd", readyByPort(2379), {
    "data-dir": join(folder, "etcd"),
    "listen-client-urls": "http://127.0.0.1:2379",
    "advertise-client-urls": "http://127.0.0.1:2379",
    "listen-peer-urls": "http://127.0.0.1:2380",
    "unsafe-no-fsync": "true",
  });
  await start("kube-apiserver", readyToAnswer, {
    "etcd-servers": "http://127.0.0.1:2379",
    "advertise-address": NODE_ADDRESS,
    "secure-port": new URL(API_SERVER).port,
    "tls-cert-file": await file("server.pem", server.cert),
    "tls-private-key-file": await file("server-key.pem", server.key),
    "client-ca-file": authority,
    "token-auth-file": tokens,
    "kubelet-client-certificate": await file("client.pem", client.cert),
    "kubelet-client-key": await file("client-key.pem", client.key),
    "kubelet-preferred-address-types": "InternalIP",
    "authorization-mode": "Node,RBAC",
    "enable-admission-plugins": "NodeRestriction",
    "service-account-issuer": "https://kubernetes.default.svc",
    "service-account-key-file": await file("accounts.pem", accounts.publicKey),
    "service-account-signing-key-file": accountKey,
    "service-cluster-ip-range": SERVICE_NETWORK,
  });
  await start("kube-controller-manager", readyByPort(10257), {
    kubeconfig: kubeconfigs["kube-controller-manager"],
    "service-account-private-key-file": accountKey,
    "root-ca-file": authority,
    "use-service-account-credentials": "true",
    "leader-elect": "false",
    "bind-address": "127.0.0.1",
  });
  return { kubeconfigs, authority };
}
