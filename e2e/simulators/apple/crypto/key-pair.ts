import { generateKeyPair, type KeyObject, type webcrypto } from "node:crypto";
import { promisify } from "node:util";

const generate = promisify(generateKeyPair);

/** Of RSA, or on an elliptic curve. */
export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** Where a device takes a new key from. */
export type KeySource = (bits: number) => Promise<KeyPair>;

/** A new key takes a tenth of a second of a core, in libuv's pool. */
export const makeRsaKey: KeySource = async (bits) => await generate("rsa", { modulusLength: bits });

/** Makes at most `size` keys and hands them round: many devices of a load may share one. */
export const sharedKeys = (size: number): KeySource => {
  const keys: Promise<KeyPair>[] = [];
  let next = 0;
  return async (bits) => {
    if (keys.length < size) keys.push(makeRsaKey(bits));
    const key = keys[next % keys.length];
    next += 1;
    return await (key ?? makeRsaKey(bits));
  };
};

/** A new key on the curve of the Secure Enclave's larger ones. */
export const makeEcKey = async (): Promise<KeyPair> => await generate("ec", { namedCurve: "P-384" });

const isRsa = (key: KeyObject): boolean => key.asymmetricKeyType === "rsa";

const CURVES: Readonly<Record<string, string>> = { prime256v1: "P-256", secp384r1: "P-384" };

/** The same key as the X.509 library wants it. */
export const webKey = (key: KeyObject): webcrypto.CryptoKey =>
  key.toCryptoKey(
    isRsa(key)
      ? { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }
      : { name: "ECDSA", namedCurve: CURVES[key.asymmetricKeyDetails?.namedCurve ?? ""] ?? "" },
    true,
    [key.type === "private" ? "sign" : "verify"],
  );

/** What the X.509 library signs with a key of this kind. */
export const signingWith = (key: KeyObject) =>
  ({ name: isRsa(key) ? "RSASSA-PKCS1-v1_5" : "ECDSA", hash: "SHA-256" }) as const;
