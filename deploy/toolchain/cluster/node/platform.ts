import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeServiceCertificates } from "../../../local/service-certificates.ts";
import { makeSecrets } from "../../charts/chart-secrets.ts";
import type { SecretContents } from "../../charts/pod.ts";
import { REPOSITORY, TAG } from "../../images/build.ts";
import { CONSOLE_HOST, DEVICE_HOST } from "./services.ts";

const PASSWORD = "muster";
/** Where the bus of charts/muster-backing may write. */
const ACCOUNTS_DIR = "/data/accounts";
export const CONSOLE_URL = `http://${CONSOLE_HOST}:8080`;
export const TEST_SECRET = "muster-test";

export interface Platform {
  readonly secrets: SecretContents;
  readonly ingressKey: string;
  /** The file of values that go over the chart's example for trials. */
  readonly values: string;
}

/** What charts/muster and charts/muster-backing are given: their Secrets, and values for this node. */
export async function describePlatform(folder: string): Promise<Platform> {
  const adminUrl = `postgres://postgres:${PASSWORD}@backing-postgres:5432/muster`;
  const { secrets, natsConfig, ingressKey } = await makeSecrets(folder, adminUrl, ACCOUNTS_DIR);
  const values = join(folder, "values.json");
  await writeFile(
    values,
    JSON.stringify({
      publicUrl: CONSOLE_URL,
      publicDeviceUrl: `https://${DEVICE_HOST}`,
      image: { repository: REPOSITORY, tag: TAG },
      nats: { streamMib: 256 },
      serviceCertificates: { enabled: true },
      test: { secret: TEST_SECRET },
    }),
  );
  return {
    values,
    ingressKey,
    secrets: {
      ...secrets,
      "muster-database": { ...secrets["muster-database"], "postgres-password": PASSWORD },
      "muster-bus-server": { "accounts.conf": await readFile(natsConfig, "utf8") },
      ...(await serviceCertificates(join(folder, "service-certificates"))),
    },
  };
}

/** What cert-manager would make. */
async function serviceCertificates(folder: string): Promise<SecretContents> {
  const certificates = Object.entries(await makeServiceCertificates(folder, new Date()));
  const read = (file: string): Promise<string> => readFile(file, "utf8");
  const secrets = certificates.map(
    async ([service, { cert, key, ca }]) =>
      [
        `muster-${service}-grpc-tls`,
        { "tls.crt": await read(cert), "tls.key": await read(key), "ca.crt": await read(ca) },
      ] as const,
  );
  return Object.fromEntries(await Promise.all(secrets));
}
