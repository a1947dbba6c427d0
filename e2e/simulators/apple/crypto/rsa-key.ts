import { generateKeyPair, type KeyObject, type webcrypto } from "node:crypto";
import { promisify } from "node:util";

const generate = promisify(generateKeyPair);

export interface RsaKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** Where a device takes a new key from. */
export type KeySource = (bits: number) => Promise<RsaKey>;

/** A new key takes a tenth of a second of a core, in libuv's pool. */
export const makeRsaKey: KeySource = async (bits) => await generate("rsa", { modulusLength: bits });

/** Makes at most `size` keys and hands them round: many devices of a load may share one. */
export const sharedKeys = (size: number): KeySource => {
  const keys: Promise<RsaKey>[] = [];
  let next = 0;
  return async (bits) => {
    if (keys.length < size) keys.push(makeRsaKey(bits));
    const key = keys[next % keys.length];
    next += 1;
    return await (key ?? makeRsaKey(bits));
  };
};

const ALGORITHM = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" } as const;

/** The same key as the X.509 library wants it. */
export const webKey = (key: KeyObject): webcrypto.CryptoKey =>
  key.toCryptoKey(ALGORITHM, true, [key.type === "private" ? "sign" : "verify"]);
