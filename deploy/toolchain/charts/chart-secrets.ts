import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { openPlatformKeys } from "@muster/bus-accounts/platform-keys";
import { openSecrets, publicCommandKeys } from "../../local/secrets.ts";
import type { SecretContents } from "./pod.ts";

export interface MadeSecrets {
  /** Those that docs/kubernetes.md lists. */
  readonly secrets: SecretContents;
  /** The file with the part of the bus's configuration that says whom it believes. */
  readonly natsConfig: string;
  readonly ingressKey: string;
}

/** Makes them all anew. */
export async function makeSecrets(folder: string, adminUrl: string, accountsDir: string): Promise<MadeSecrets> {
  const now = new Date();
  const { secrets, files } = await openSecrets(join(folder, "secrets"), now);
  const keys = await openPlatformKeys({ folder: join(folder, "nats-keys"), accountsDir, now });
  const read = (file: string): string => readFileSync(file, "utf8");
  const appleCa = { "apple-ca.pem": read(files.appleCaCert) };
  return {
    natsConfig: keys.serverConfig,
    ingressKey: secrets.ingressKey,
    secrets: {
      "muster-shared": {
        "service-token": secrets.serviceToken,
        "ingress-key": secrets.ingressKey,
        "master-key": secrets.masterKey,
        "node-key-public": secrets.nodeKeyPublic,
        "command-keys": JSON.stringify(publicCommandKeys(secrets.commandSigningKey)),
      },
      "muster-enrollment": {
        "node-key": secrets.nodeKeyPrivate,
        "device-ca.pem": read(files.deviceCaCert),
        "device-ca-key.pem": read(files.deviceCaKey),
        ...appleCa,
        "apple-ca-key.pem": read(files.appleCaKey),
      },
      "muster-command": { "command-key.json": JSON.stringify(secrets.commandSigningKey), ...appleCa },
      "muster-notification": {
        "audit-key.json": JSON.stringify(secrets.auditSigningKey),
        "signal-key.json": JSON.stringify(secrets.signalSigningKey),
      },
      "muster-database": {
        "admin-url": adminUrl,
        ...Object.fromEntries(
          Object.entries(secrets.databasePasswords).map(([service, password]) => [`${service}-password`, password]),
        ),
      },
      "muster-bus": Object.fromEntries(Object.values(keys.credentials).map((file) => [basename(file), read(file)])),
    },
  };
}
