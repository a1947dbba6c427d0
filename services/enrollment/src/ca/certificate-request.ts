// oxlint-disable-next-line import/no-unassigned-import -- @peculiar/x509 needs it to be loaded before
import "reflect-metadata";
import { PemConverter, Pkcs10CertificateRequest } from "@peculiar/x509";
import { refuse } from "../domain/refusals.ts";
import type { CertificateRequest } from "../usecases/ports.ts";

const LONGEST_PEM = 8_192;
const WANTED = "send a PKCS#10 certificate request in PEM for a P-256 key, signed by that key";

/**
 * Reads a PKCS#10 request (RFC 2986) and checks that the sender holds its key. Only the key is taken from it: who the
 * device is, and what its certificate is good for, is not the sender's to say.
 */
export async function readCertificateRequest(pem: string): Promise<CertificateRequest> {
  if (pem.length > LONGEST_PEM) throw refuse("enrollment.bad_csr", `the certificate request is too long; ${WANTED}`);
  try {
    const request = new Pkcs10CertificateRequest(PemConverter.decodeFirst(pem));
    const { name, namedCurve } = request.publicKey.algorithm as { name?: string; namedCurve?: string };
    if (name !== "ECDSA" || namedCurve !== "P-256")
      throw new Error(`its key is ${name ?? "unknown"} ${namedCurve ?? ""}`);
    if (!(await request.verify())) throw new Error("its signature is wrong");
    return { publicKey: await request.publicKey.export({ name: "ECDSA", namedCurve: "P-256" }, ["verify"]) };
  } catch (cause) {
    throw refuse("enrollment.bad_csr", `the certificate request cannot be used; ${WANTED}`, { cause });
  }
}
