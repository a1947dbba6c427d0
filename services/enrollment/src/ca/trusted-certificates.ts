import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { ConfigurationError } from "@muster/host/environment";

/** Reads the certificates of a PEM file that a variable names; none when it names no file. Throws ConfigurationError. */
export async function readTrustedCertificates(file: string, variable: string): Promise<X509Certificate[]> {
  if (file === "") return [];
  let pem: string;
  try {
    pem = await readFile(file, "utf8");
  } catch (error) {
    throw new ConfigurationError(`${variable}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const found = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
  if (found === null) throw new ConfigurationError(`${variable}: ${file} holds no certificate`);
  return found.map((each) => new X509Certificate(each));
}
