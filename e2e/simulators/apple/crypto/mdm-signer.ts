import { createHash, sign } from "node:crypto";
import type { Identity } from "./certificate.ts";
import { signedDataOf } from "./signed-data.ts";

/** Signs the body of a request for the header `Mdm-Signature`: base64 of a detached CMS SignedData. */
export type MdmSigner = (body: Buffer) => string;

const after = (whole: Buffer, part: Buffer): number => {
  const at = whole.lastIndexOf(part);
  if (at < 0) throw new Error("the template does not hold what it was made of");
  return at;
};

/**
 * With an RSA key every signature of one identity differs in three places of fixed length: digest, time and signature.
 * So the message is built once and only they are written anew, which leaves the RSA operation as the whole cost.
 */
export const mdmSigner = (by: Identity, now: () => Date): MdmSigner => {
  // Signatures on elliptic curves differ in length.
  if (by.key.privateKey.asymmetricKeyType !== "rsa")
    return (content) => signedDataOf({ content, by, at: now(), detached: true }).message.toString("base64");
  const model = signedDataOf({ content: Buffer.from("model"), by, at: new Date(0), detached: true });
  const { signedAttributes, signature, message } = model;
  const digest = createHash("sha256").update("model").digest();
  const time = Buffer.from("700101000000Z");
  const attributesAt = after(message, signedAttributes.subarray(1));
  const [digestAt, timeAt] = [after(signedAttributes, digest), after(signedAttributes, time)];
  const signatureAt = after(message, signature);
  const { privateKey } = by.key;
  let second = -1;
  return (body) => {
    createHash("sha256").update(body).digest().copy(signedAttributes, digestAt);
    const at = now();
    const seconds = Math.floor(at.getTime() / 1000);
    if (seconds !== second) {
      second = seconds;
      signedAttributes.write(`${at.toISOString().replace(/[-:T]/g, "").slice(2, 14)}Z`, timeAt, "latin1");
    }
    signedAttributes.copy(message, attributesAt, 1);
    sign("sha256", signedAttributes, privateKey).copy(message, signatureAt);
    return message.toString("base64");
  };
};
