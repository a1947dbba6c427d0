import { X509Certificate } from "node:crypto";
import { envelopedDataFor } from "../apple/crypto/enveloped-data.ts";
import type { TokenCredentials } from "./oauth-request.ts";

const wrapped = (text: string): string => text.replaceAll(/.{1,76}/g, "$&\r\n");

/** The file that an administrator downloads after having uploaded a public key: S/MIME around a text with JSON in it. */
export const serverTokenFile = (publicKeyPem: string, credentials: TokenCredentials, expires: Date): Buffer => {
  const json = JSON.stringify({
    consumer_key: credentials.consumerKey,
    consumer_secret: credentials.consumerSecret,
    access_token: credentials.accessToken,
    access_secret: credentials.accessSecret,
    access_token_expiry: expires.toISOString().replace(/\.\d+Z$/, "Z"),
  });
  const inner = [
    "Content-Type: text/plain;charset=UTF-8",
    "Content-Transfer-Encoding: 7bit",
    "",
    "-----BEGIN MESSAGE-----",
    json,
    "-----END MESSAGE-----",
    "",
  ].join("\r\n");
  const enveloped = envelopedDataFor(new X509Certificate(publicKeyPem).raw, Buffer.from(inner), "aes-256-cbc");
  const head = [
    "Content-Type: application/pkcs7-mime; name=smime.p7m; smime-type=enveloped-data",
    "Content-Transfer-Encoding: base64",
    "MIME-Version: 1.0",
    "Content-Disposition: attachment; filename=smime.p7m",
    "Content-Description: S/MIME Encrypted Message",
  ].join("\r\n");
  return Buffer.from(`${head}\r\n\r\n${wrapped(enveloped.toString("base64"))}`);
};
