import { generateKeyPairSync, randomBytes, webcrypto } from "node:crypto";
// oxlint-disable-next-line import/no-unassigned-import -- x509 finds its parts through the metadata this adds to the globals
import "reflect-metadata";
import * as x509 from "@peculiar/x509";

/** A certificate and its key, both PEM. */
export interface PemIdentity {
  readonly certificate: string;
  readonly key: string;
}

const DAY_MS = 86_400_000;
const ALGORITHM = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };

interface Wanted {
  readonly subject: x509.JsonName;
  /** DER of the public key, when somebody else made it. */
  readonly publicKey?: Buffer;
  readonly days?: number;
  readonly extensions?: x509.Extension[];
}

async function selfSigned({ days = 365, extensions = [], publicKey, subject }: Wanted): Promise<PemIdentity> {
  const pair = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  const key = pair.privateKey.export({ format: "pem", type: "pkcs8" }) as string;
  const der = publicKey ?? pair.publicKey.export({ format: "der", type: "spki" });
  const usages: KeyUsage[] = ["verify"];
  const signingKey = await webcrypto.subtle.importKey(
    "pkcs8",
    pair.privateKey.export({ format: "der", type: "pkcs8" }),
    ALGORITHM,
    false,
    ["sign"],
  );
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: `01${randomBytes(15).toString("hex")}`,
    subject,
    issuer: subject,
    notBefore: new Date(Date.now() - 2 * DAY_MS),
    notAfter: new Date(Date.now() + days * DAY_MS),
    publicKey: await webcrypto.subtle.importKey("spki", der, ALGORITHM, true, usages),
    signingKey,
    signingAlgorithm: ALGORITHM,
    extensions,
  });
  return { certificate: `${certificate.toString("pem")}\n`, key };
}

type KeyUsage = "verify";

/** A push certificate as Apple gives one: its topic is the UID in the subject. For a request's key when that is given, as PEM. */
export async function pushCertificate(
  topic: string,
  options: { signingRequest?: string; days?: number } = {},
): Promise<PemIdentity> {
  const { days = 365, signingRequest } = options;
  const publicKey =
    signingRequest === undefined
      ? undefined
      : Buffer.from(new x509.Pkcs10CertificateRequest(signingRequest).publicKey.rawData);
  const subject = [{ "0.9.2342.19200300.100.1.1": [topic] }, { CN: [`APSP:${topic}`] }, { C: ["US"] }];
  return selfSigned({ subject, days, ...(publicKey !== undefined && { publicKey }) });
}

/** What the push service itself shows: believed by those who are told to. */
export const serverCertificate = (): Promise<PemIdentity> =>
  selfSigned({
    subject: [{ CN: ["localhost"] }],
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.SubjectAlternativeNameExtension([
        { type: "dns", value: "localhost" },
        { type: "ip", value: "127.0.0.1" },
      ]),
    ],
  });
