import { constants, publicEncrypt, randomBytes, X509Certificate } from "node:crypto";
import { contextTag } from "../der/read-der.ts";
import { element, nothing, octetString, oid, sequence, set, smallInteger } from "../der/write-der.ts";
import { CIPHERS, type CipherName, encrypt } from "./ciphers.ts";
import { CmsError } from "./cms-error.ts";
import { OID } from "./oids.ts";
import { issuerAndSerial } from "./sign-data.ts";

export interface SealOptions {
  /** The recipient's certificate, DER, with an RSA key. */
  readonly recipient: Buffer;
  readonly cipher: CipherName;
}

/** An EnvelopedData (RFC 5652 §6) for one recipient, its key sent under RSA (PKCS#1 v1.5, as SCEP's clients expect).
 * Throws CmsError when the recipient has no key that can take it. */
export function sealEnvelope(content: Uint8Array, { cipher: name, recipient }: SealOptions): Buffer {
  const [cipherId, cipher] = Object.entries(CIPHERS).find(([, each]) => each.name === name) ?? [];
  if (cipherId === undefined || cipher === undefined) throw new Error(`${name} is no cipher`);
  const [key, iv] = [randomBytes(cipher.keyBytes), randomBytes(cipher.ivBytes)];
  const recipientInfo = sequence(
    smallInteger(0),
    issuerAndSerial(recipient),
    sequence(oid(OID.rsaEncryption), nothing),
    octetString(wrap(key, recipient)),
  );
  const encrypted = sequence(
    oid(OID.data),
    sequence(oid(cipherId), octetString(iv)),
    element(contextTag(0, false), encrypt(cipher, key, iv, content)),
  );
  return sequence(
    oid(OID.envelopedData),
    element(contextTag(0), sequence(smallInteger(0), set(recipientInfo), encrypted)),
  );
}

function wrap(key: Buffer, recipient: Buffer): Buffer {
  try {
    const { publicKey } = new X509Certificate(recipient);
    return publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, key);
  } catch (error) {
    throw new CmsError("unsupported", "nothing can be sealed for the recipient's key", { cause: error });
  }
}
