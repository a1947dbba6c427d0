import type { KeyObject } from "node:crypto";
import { CmsError } from "@muster/apple-protocol/cms/cms-error";
import { readCertificateRequest } from "@muster/apple-protocol/x509/read-request";
import { AcmeProblem } from "../../domain/acme/acme-problem.ts";

const CURVES = new Set(["prime256v1", "secp384r1", "secp521r1"]);
const SMALLEST_RSA_BITS = 2_048;
const LARGEST_RSA_BITS = 4_096;

/**
 * The key of a certificate request (PKCS#10, DER), which its sender holds. Nothing else that the request wants is looked at.
 * Throws AcmeProblem when it is not the key that was attested, if one was.
 */
export function certifiableKey(csr: Buffer, attestedKey: Buffer | undefined): KeyObject {
  const key = keyIn(csr);
  if (!isStrong(key))
    throw new AcmeProblem("badCSR", "the key has to be of RSA with 2048 to 4096 bits, or on a NIST curve");
  if (attestedKey !== undefined && !key.export({ format: "der", type: "spki" }).equals(attestedKey))
    throw new AcmeProblem("badCSR", "the request is for another key than the one that was attested");
  return key;
}

function keyIn(csr: Buffer): KeyObject {
  try {
    return readCertificateRequest(csr).publicKey;
  } catch (error) {
    if (!(error instanceof CmsError)) throw error;
    throw new AcmeProblem("badCSR", "the request cannot be read, or its own key did not sign it", { cause: error });
  }
}

function isStrong({ asymmetricKeyDetails: { modulusLength = 0, namedCurve = "" } = {}, asymmetricKeyType }: KeyObject) {
  if (asymmetricKeyType === "ec") return CURVES.has(namedCurve);
  return asymmetricKeyType === "rsa" && modulusLength >= SMALLEST_RSA_BITS && modulusLength <= LARGEST_RSA_BITS;
}
