import { constants, createPublicKey, type KeyObject, verify } from "node:crypto";
import { CmsError, readingCms } from "../cms/cms-error.ts";
import { LONGEST_SIGNATURE, RSA_PSS } from "../cms/oids.ts";
import { digestIn } from "../cms/rsa-parameters.ts";
import { childrenOf, contextTag, type DerElement, expect, oidOf, readDer, TAG, textOf } from "../der/read-der.ts";
import { readName } from "./names.ts";

export interface CertificateRequest {
  readonly publicKey: KeyObject;
  readonly subject: ReadonlyMap<string, string>;
  /** PKCS#9 challengePassword (RFC 2985 §5.4.1), if there is one. */
  readonly challengePassword: string | undefined;
}

const CHALLENGE_PASSWORD = "1.2.840.113549.1.9.7";

const HASHES: Readonly<Record<string, string>> = {
  "1.2.840.113549.1.1.5": "sha1",
  "1.2.840.113549.1.1.11": "sha256",
  "1.2.840.113549.1.1.12": "sha384",
  "1.2.840.113549.1.1.13": "sha512",
  "1.2.840.10045.4.1": "sha1",
  "1.2.840.10045.4.3.2": "sha256",
  "1.2.840.10045.4.3.3": "sha384",
  "1.2.840.10045.4.3.4": "sha512",
};

/** Reads a PKCS#10 request (RFC 2986) and checks that who sends it holds the key. Throws CmsError. */
export const readCertificateRequest = (der: Uint8Array): CertificateRequest => readingCms(() => readRequest(der));

function readRequest(der: Uint8Array): CertificateRequest {
  const [info, algorithm, signature] = childrenOf(expect(readDer(der), TAG.sequence, "the request"));
  const fields = childrenOf(expect(info, TAG.sequence, "the request"));
  const [, subject, spki] = fields;
  const key = expect(spki, TAG.sequence, "the public key").whole;
  const publicKey = createPublicKey({ key, format: "der", type: "spki" });
  const [name, parameters] = childrenOf(expect(algorithm, TAG.sequence, "the algorithm"));
  const pss = oidOf(name) === RSA_PSS;
  const hash = pss ? digestIn(parameters) : HASHES[oidOf(name)];
  if (hash === undefined)
    throw new CmsError("unsupported", "the request is signed with an algorithm that is not known");
  const bits = expect(signature, TAG.bitString, "the signature").content.subarray(1);
  if (bits.length > LONGEST_SIGNATURE) throw new CmsError("unsupported", "the request's key is too large");
  const verifier = pss ? { key: publicKey, padding: constants.RSA_PKCS1_PSS_PADDING } : publicKey;
  if (info === undefined || !verify(hash, info.whole, verifier, bits))
    throw new CmsError("bad_signature", "the request is not signed by its own key");
  const attributes = fields.find(({ tag }) => tag === contextTag(0));
  return {
    publicKey,
    subject: readName(expect(subject, TAG.sequence, "the subject")),
    challengePassword: attributes === undefined ? undefined : challengeIn(attributes),
  };
}

function challengeIn(attributes: DerElement): string | undefined {
  for (const attribute of childrenOf(attributes)) {
    const [type, values] = childrenOf(attribute);
    if (oidOf(type) !== CHALLENGE_PASSWORD) continue;
    const [value] = childrenOf(expect(values, TAG.set, "the challenge"));
    return value === undefined ? undefined : textOf(value);
  }
  return undefined;
}
