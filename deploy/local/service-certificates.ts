import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { dataFolder } from "@muster/backing/data-folder";
import { createAuthority, issueCertificate } from "./certificates.ts";
import { SERVICES, type ServiceName } from "./topology.ts";

/** PEM files of one service's certificate, and of the authority behind them all. */
interface ServiceFiles {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

export type ServiceCertificates = Readonly<Record<ServiceName, ServiceFiles>>;

/** Certificates that the services show each other, of an authority that is forgotten at once. */
export async function makeServiceCertificates(folder: string, now: Date): Promise<ServiceCertificates> {
  await dataFolder(folder);
  const authority = await createAuthority("Muster services CA", now);
  const write = async (name: string, content: string): Promise<string> => {
    const file = join(folder, name);
    await writeFile(file, content, { mode: 0o600 });
    return file;
  };
  const ca = await write("ca.pem", authority.cert);
  const made = SERVICES.map(async ({ name }) => {
    const names = [{ type: "url", value: `urn:muster:service:${name}` }] as const;
    const { cert, key } = await issueCertificate(authority, ["serverAuth", "clientAuth"], names, now);
    return [name, { cert: await write(`${name}.pem`, cert), key: await write(`${name}-key.pem`, key), ca }] as const;
  });
  return Object.fromEntries(await Promise.all(made)) as Record<ServiceName, ServiceFiles>;
}
