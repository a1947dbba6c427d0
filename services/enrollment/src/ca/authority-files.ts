import { createPrivateKey, type KeyObject } from "node:crypto";
import { readFile } from "node:fs/promises";
import { ConfigurationError } from "@muster/host/environment";

/** Reads the device CA's certificate (with those above it) and key from PEM files. */
export async function readAuthorityFiles(
  certificateFile: string,
  keyFile: string,
): Promise<{ readonly certificates: readonly string[]; readonly key: KeyObject }> {
  const certificates = (await readPem("MUSTER_DEVICE_CA_CERT", certificateFile)).match(
    /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g,
  );
  if (certificates === null)
    throw new ConfigurationError(`MUSTER_DEVICE_CA_CERT: ${certificateFile} holds no certificate`);
  const pem = await readPem("MUSTER_DEVICE_CA_KEY", keyFile);
  try {
    return { certificates: certificates.map((each) => `${each}\n`), key: createPrivateKey(pem) };
  } catch {
    // The cause is left out on purpose: it may quote the key.
    throw new ConfigurationError(`MUSTER_DEVICE_CA_KEY: ${keyFile} holds no private key that can be read`);
  }
}

async function readPem(variable: string, file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new ConfigurationError(`${variable}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
