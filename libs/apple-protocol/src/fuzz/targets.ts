import { createPublicKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { AttestationError } from "../attestation/attestation-error.ts";
import { readAttestation } from "../attestation/read-attestation.ts";
import { verifyAttestation } from "../attestation/verify-attestation.ts";
import { CmsError } from "../cms/cms-error.ts";
import { openEnvelope } from "../cms/open-envelope.ts";
import { sealEnvelope } from "../cms/seal-envelope.ts";
import { signData } from "../cms/sign-data.ts";
import { openSmime } from "../cms/smime.ts";
import { verifySignedData } from "../cms/verify-signed-data.ts";
import { DerError } from "../der/der-error.ts";
import { childrenOf, type DerElement, oidOf, readDer, TAG } from "../der/read-der.ts";
import { octetString, printable } from "../der/write-der.ts";
import { PlistError } from "../plist/plist-error.ts";
import { readPlist } from "../plist/read-plist.ts";
import { writePlist } from "../plist/write-plist.ts";
import { ATTRIBUTE } from "../scep/attributes.ts";
import { readScepMessage } from "../scep/read-message.ts";
import { ATTESTATION_SAMPLE } from "../testing/attestation-sample.ts";
import { testAttestation } from "../testing/test-attestation.ts";
import { newRsaKey, testAuthority, testLeaf } from "../testing/test-authority.ts";
import { readCertificateRequest } from "../x509/read-request.ts";
import { writeCertificateRequest } from "../x509/write-request.ts";

/** A reader that hostile bytes reach, good bytes to begin from, and the one error it may answer with. */
export interface Target {
  readonly seeds: readonly Buffer[];
  readonly read: (bytes: Buffer) => unknown;
  readonly refusal: new (...args: never[]) => Error;
}

export function targets(now: Date): Readonly<Record<string, Target>> {
  const authority = testAuthority();
  const key = newRsaKey();
  const ecKey = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  const [rsa, ec] = [
    testLeaf(authority, key, createPublicKey(key)),
    testLeaf(authority, ecKey, createPublicKey(ecKey)),
  ];
  const message = writePlist({ MessageType: "TokenUpdate", Token: Buffer.of(1, 2), Nested: [{ a: 1 }, true, now] });
  const signed = [rsa, ec].map((from) => signData({ ...from, content: message, signingTime: now }));
  const request = writeCertificateRequest(key, [["CN", "mac"]], "open sesame");
  const envelope = sealEnvelope(request, { recipient: authority.certificate, cipher: "aes128" });
  const scep = signData({
    ...rsa,
    content: envelope,
    signingTime: now,
    attributes: [
      [ATTRIBUTE.messageType, printable("19")],
      [ATTRIBUTE.transactionId, printable("transaction")],
      [ATTRIBUTE.senderNonce, octetString(Buffer.alloc(16))],
    ],
  });
  const ber = Buffer.from("308024800402616204016300003080060a2a864886f70d01070a0000000000", "hex");
  // {"a": [true], "b": "c"}, as plistlib of Python writes it.
  const binary = Buffer.from(
    "YnBsaXN0MDDSAQIDBVFhUWKhBAlRYwgNDxETFAAAAAAAAAEBAAAAAAAAAAYAAAAAAAAAAAAAAAAAAAAW",
    "base64",
  );
  const attestation = testAttestation();
  const roots = [new X509Certificate(attestation.root.certificate)];
  const believe = (bytes: Buffer) =>
    verifyAttestation(
      { ...readAttestation(bytes), freshness: Buffer.alloc(32) },
      { roots, freshness: Buffer.alloc(32), now },
    );
  const file = (text: Buffer) => Buffer.from(`Content-Type: application/pkcs7-mime\r\n\r\n${text.toString("base64")}`);
  return {
    der: { seeds: [ber, rsa.certificate, ...signed], read: (bytes) => walk(readDer(bytes)), refusal: DerError },
    cms: { seeds: signed, read: (bytes) => verifySignedData(bytes), refusal: CmsError },
    scep: { seeds: [scep], read: readScepMessage, refusal: CmsError },
    request: { seeds: [request], read: readCertificateRequest, refusal: CmsError },
    envelope: { seeds: [envelope], read: (bytes) => openEnvelope(bytes, authority), refusal: CmsError },
    smime: { seeds: [file(envelope), envelope], read: (bytes) => openSmime(bytes, authority), refusal: CmsError },
    attestation: { seeds: [attestation.object, ATTESTATION_SAMPLE], read: believe, refusal: AttestationError },
    plist: { seeds: [message, binary], read: (bytes) => readPlist(bytes), refusal: PlistError },
  };
}

/** Everything that can be reached in an element, as a reader that follows every branch would. */
function walk(element: DerElement, depth = 0): void {
  if (element.tag === TAG.oid) oidOf(element);
  if ((element.tag & 0x20) === 0 || depth > 64) return;
  for (const child of childrenOf(element)) walk(child, depth + 1);
}
