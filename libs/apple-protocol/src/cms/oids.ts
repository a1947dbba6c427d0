/** RFC 5652, RFC 3370, RFC 5754, RFC 8017. */
export const OID = {
  data: "1.2.840.113549.1.7.1",
  signedData: "1.2.840.113549.1.7.2",
  envelopedData: "1.2.840.113549.1.7.3",
  contentType: "1.2.840.113549.1.9.3",
  messageDigest: "1.2.840.113549.1.9.4",
  signingTime: "1.2.840.113549.1.9.5",
  rsaEncryption: "1.2.840.113549.1.1.1",
  ecdsaWithSha256: "1.2.840.10045.4.3.2",
  sha256: "2.16.840.1.101.3.4.2.1",
} as const;

export const DIGESTS: Readonly<Record<string, string>> = {
  "1.3.14.3.2.26": "sha1",
  "2.16.840.1.101.3.4.2.1": "sha256",
  "2.16.840.1.101.3.4.2.2": "sha384",
  "2.16.840.1.101.3.4.2.3": "sha512",
};

/** RSASSA-PSS. Its digest stands beside it, its salt says its own length, and its mask is made with the same digest. */
export const RSA_PSS = "1.2.840.113549.1.1.10";

/** What kind of key a signature algorithm is for. Many senders name the key's algorithm only, and the digest beside it. */
export const SIGNATURE_KEYS: Readonly<Record<string, "rsa" | "ec">> = {
  "1.2.840.113549.1.1.1": "rsa",
  "1.2.840.113549.1.1.5": "rsa",
  [RSA_PSS]: "rsa",
  "1.2.840.113549.1.1.11": "rsa",
  "1.2.840.113549.1.1.12": "rsa",
  "1.2.840.113549.1.1.13": "rsa",
  "1.2.840.10045.2.1": "ec",
  "1.2.840.10045.4.1": "ec",
  "1.2.840.10045.4.3.2": "ec",
  "1.2.840.10045.4.3.3": "ec",
  "1.2.840.10045.4.3.4": "ec",
};

/** Bytes of a signature: RSA-8192's. Larger keys would cost milliseconds a message, and nobody's device has one. */
export const LONGEST_SIGNATURE = 1024;
