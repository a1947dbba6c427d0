import { createCipheriv, createDecipheriv } from "node:crypto";

interface Cipher {
  readonly name: "des" | "3des" | "aes128" | "aes192" | "aes256";
  readonly algorithm: string;
  readonly keyBytes: number;
  readonly ivBytes: number;
}

/** Content encryption by object identifier (RFC 3370 §5, RFC 3565); all in CBC. */
export const CIPHERS: Readonly<Record<string, Cipher>> = {
  "1.3.14.3.2.7": { name: "des", algorithm: "des-ede3-cbc", keyBytes: 8, ivBytes: 8 },
  "1.2.840.113549.3.7": { name: "3des", algorithm: "des-ede3-cbc", keyBytes: 24, ivBytes: 8 },
  "2.16.840.1.101.3.4.1.2": { name: "aes128", algorithm: "aes-128-cbc", keyBytes: 16, ivBytes: 16 },
  "2.16.840.1.101.3.4.1.22": { name: "aes192", algorithm: "aes-192-cbc", keyBytes: 24, ivBytes: 16 },
  "2.16.840.1.101.3.4.1.42": { name: "aes256", algorithm: "aes-256-cbc", keyBytes: 32, ivBytes: 16 },
};

export type CipherName = Cipher["name"];

// DES three times with one key is DES; OpenSSL no longer has it under its own name.
const keyFor = ({ name }: Cipher, key: Buffer): Buffer => (name === "des" ? Buffer.concat([key, key, key]) : key);

export function decrypt(cipher: Cipher, key: Buffer, iv: Buffer, text: Buffer): Buffer {
  const decipher = createDecipheriv(cipher.algorithm, keyFor(cipher, key), iv);
  return Buffer.concat([decipher.update(text), decipher.final()]);
}

export function encrypt(cipher: Cipher, key: Buffer, iv: Buffer, text: Uint8Array): Buffer {
  const encipher = createCipheriv(cipher.algorithm, keyFor(cipher, key), iv);
  return Buffer.concat([encipher.update(text), encipher.final()]);
}
