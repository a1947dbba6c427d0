import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { ServiceName } from "../calls.ts";
import { servicesOf, serviceUri } from "./service-uri.ts";

/** PEM files: what this service proves itself with, and whom it believes. */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
  /** One authority or several: while one follows another, both. */
  readonly ca: string;
}

/** The content of the files. */
export interface Certificates {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly ca: Buffer;
}

/**
 * Reads what belongs together.
 * @throws Error that says which file is of no use, and why.
 */
export async function readCertificates(files: CertificateFiles, service: ServiceName): Promise<Certificates> {
  const [cert, key, ca] = await Promise.all([readFile(files.cert), readFile(files.key), readFile(files.ca)]);
  const certificate = parsed(files.cert, () => new X509Certificate(cert));
  parsed(files.ca, () => new X509Certificate(ca));
  // Files are replaced one after the other: a key may be of the certificate that comes next.
  if (!certificate.checkPrivateKey(parsed(files.key, () => createPrivateKey(key)))) {
    throw new Error(`${files.key} is not the key of the certificate in ${files.cert}`);
  }
  if (!servicesOf(certificate.subjectAltName).includes(service)) {
    throw new Error(`the certificate in ${files.cert} lacks the name ${serviceUri(service)}`);
  }
  return { cert, key, ca };
}

export const endOf = ({ cert }: Certificates): Date => new Date(new X509Certificate(cert).validTo);

function parsed<T>(file: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new Error(`${file} cannot be read as PEM`, { cause: error });
  }
}
