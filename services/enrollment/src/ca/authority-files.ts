import { createPrivateKey, type KeyObject } from "node:crypto";
import { readFile } from "node:fs/promises";
import { ConfigurationError } from "@muster/host/environment";

/** Reads the device CA's certificate (with those above it) and key from PEM files. */
export async function readAuthorityFiles(
  certificateFile: string,
  keyFile: string,
  variables = { certificate: "MUSTER_DEVICE_CA_CERT", key: "MUSTER_DEVICE_CA_KEY" },
): Promise<{ readonly certificates: readonly string[]; readonly key: KeyObject }> {
  const certificates = (await readPem(variables.certificate, certificateFile)).match(
    /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g,
  );
  if (certificates === null)
    throw new ConfigurationError(`${variables.certificate}: ${certificateFile} holds no certificate`);
  const pem = await readPem(variables.key, keyFile);
  try {
    return { certificates: certificates.map((each) => `${each}\n`), key: createPrivateKey(pem) };
  } catch {
    // The cause is left out on purpose: it may quote the key.
    throw new ConfigurationError(`${variables.key}: ${keyFile} holds no private key that can be read`);
  }
}

async function readPem(variable: string, file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new ConfigurationError(`${variable}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
