import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { PlatformKeyFiles } from "@muster/bus-accounts/platform-keys";
import { publicCommandKeys, type SecretsFolder } from "../../local/secrets.ts";

/** The Secrets that docs/kubernetes.md has made before the platform is installed, as a List to apply. */
export async function secretManifests(
  namespace: string,
  adminDatabaseUrl: string,
  { secrets, files }: SecretsFolder,
  bus: PlatformKeyFiles,
): Promise<string> {
  const pem = (file: string): Promise<string> => readFile(file, "utf8");
  const { system: _, ...credentials } = bus.credentials;
  const passwords = Object.entries(secrets.databasePasswords).map(([name, word]) => [`${name}-password`, word]);
  const contents: Record<string, Record<string, string>> = {
    "muster-database": { "admin-url": adminDatabaseUrl, ...Object.fromEntries(passwords) },
    "muster-shared": {
      "service-token": secrets.serviceToken,
      "ingress-key": secrets.ingressKey,
      "master-key": secrets.masterKey,
      "node-key-public": secrets.nodeKeyPublic,
      "command-keys": JSON.stringify(publicCommandKeys(secrets.commandSigningKey)),
    },
    "muster-enrollment": {
      "node-key": secrets.nodeKeyPrivate,
      "device-ca.pem": await pem(files.deviceCaCert),
      "device-ca-key.pem": await pem(files.deviceCaKey),
      "apple-ca.pem": await pem(files.appleCaCert),
      "apple-ca-key.pem": await pem(files.appleCaKey),
    },
    "muster-command": {
      "command-key.json": JSON.stringify(secrets.commandSigningKey),
      "apple-ca.pem": await pem(files.appleCaCert),
    },
    "muster-notification": {
      "audit-key.json": JSON.stringify(secrets.auditSigningKey),
      "signal-key.json": JSON.stringify(secrets.signalSigningKey),
    },
    "muster-bus": Object.fromEntries(
      await Promise.all(Object.values(credentials).map(async (file) => [basename(file), await pem(file)])),
    ),
  };
  return JSON.stringify({
    apiVersion: "v1",
    kind: "List",
    items: Object.entries(contents).map(([name, stringData]) => secretOf(namespace, name, stringData)),
  });
}

export const secretOf = (namespace: string, name: string, stringData: Readonly<Record<string, string>>): unknown => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name, namespace },
  stringData,
});
