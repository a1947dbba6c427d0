import { generateKeyPair, type KeyObject, X509Certificate } from "node:crypto";
import { promisify } from "node:util";
import { selfSigned } from "@muster/apple-protocol/x509/issue-certificate";

const generate = promisify(generateKeyPair);
/** The key is for one file a year, and says nothing of who may use it: nobody has to renew the certificate. */
const LIFETIME_MS = 10 * 365 * 86_400_000;

/** What a server token is encrypted to: an RSA key, and the certificate that Apple gets of it. */
export async function makeServerCertificate(
  name: string,
  serial: Buffer,
  now: Date,
): Promise<{ readonly certificate: string; readonly key: KeyObject }> {
  const { privateKey } = await generate("rsa", { modulusLength: 2048 });
  const der = selfSigned(privateKey, {
    subject: [["CN", name.slice(0, 64)]],
    keyUsage: ["digitalSignature", "keyEncipherment"],
    serial,
    notBefore: new Date(now.getTime() - 300_000),
    notAfter: new Date(now.getTime() + LIFETIME_MS),
  });
  return { certificate: new X509Certificate(der).toString(), key: privateKey };
}
