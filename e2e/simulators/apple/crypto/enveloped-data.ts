import {
  constants,
  createCipheriv,
  createDecipheriv,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
  X509Certificate,
} from "node:crypto";
import {
  CMSVersion,
  ContentEncryptionAlgorithmIdentifier,
  ContentInfo,
  EncryptedContent,
  EncryptedContentInfo,
  EnvelopedData,
  IssuerAndSerialNumber,
  id_data,
  id_envelopedData,
  KeyEncryptionAlgorithmIdentifier,
  KeyTransRecipientInfo,
  RecipientIdentifier,
  RecipientInfo,
  RecipientInfos,
} from "@peculiar/asn1-cms";
import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import { Certificate } from "@peculiar/asn1-x509";

export type CipherName = "aes-128-cbc" | "aes-256-cbc" | "des-ede3-cbc";

interface Cipher {
  readonly name: CipherName;
  readonly keyLength: number;
  readonly ivLength: number;
}

const CIPHERS: Readonly<Record<string, Cipher>> = {
  "2.16.840.1.101.3.4.1.2": { name: "aes-128-cbc", keyLength: 16, ivLength: 16 },
  "2.16.840.1.101.3.4.1.42": { name: "aes-256-cbc", keyLength: 32, ivLength: 16 },
  "1.2.840.113549.3.7": { name: "des-ede3-cbc", keyLength: 24, ivLength: 8 },
};
const RSA_ENCRYPTION = "1.2.840.113549.1.1.1";

const exact = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;

/** CMS EnvelopedData for the holder of one RSA certificate (RFC 5652 §6), key transport by PKCS#1 v1.5. */
export const envelopedDataFor = (recipient: Buffer, content: Buffer, name: CipherName): Buffer => {
  const [oid, cipher] = Object.entries(CIPHERS).find(([, known]) => known.name === name) ?? [];
  if (oid === undefined || cipher === undefined) throw new Error(`cipher ${name} is not known`);
  const [key, iv] = [randomBytes(cipher.keyLength), randomBytes(cipher.ivLength)];
  const encryptor = createCipheriv(name, key, iv);
  const encrypted = Buffer.concat([encryptor.update(content), encryptor.final()]);
  const { tbsCertificate } = AsnConvert.parse(recipient, Certificate);
  const { publicKey } = new X509Certificate(recipient);
  const enveloped = new EnvelopedData({
    version: CMSVersion.v0,
    recipientInfos: new RecipientInfos([
      new RecipientInfo({
        ktri: new KeyTransRecipientInfo({
          version: CMSVersion.v0,
          rid: new RecipientIdentifier({
            issuerAndSerialNumber: new IssuerAndSerialNumber({
              issuer: tbsCertificate.issuer,
              serialNumber: tbsCertificate.serialNumber,
            }),
          }),
          keyEncryptionAlgorithm: new KeyEncryptionAlgorithmIdentifier({
            algorithm: RSA_ENCRYPTION,
            parameters: exact(Buffer.from([5, 0])),
          }),
          encryptedKey: new OctetString(publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, key)),
        }),
      }),
    ]),
    encryptedContentInfo: new EncryptedContentInfo({
      contentType: id_data,
      contentEncryptionAlgorithm: new ContentEncryptionAlgorithmIdentifier({
        algorithm: oid,
        parameters: AsnConvert.serialize(new OctetString(iv)),
      }),
      encryptedContent: new EncryptedContent({ value: new OctetString(encrypted) }),
    }),
  });
  return Buffer.from(
    AsnConvert.serialize(new ContentInfo({ contentType: id_envelopedData, content: AsnConvert.serialize(enveloped) })),
  );
};

export const isEnvelopedData = (bytes: Buffer): boolean =>
  bytes[0] === 0x30 && AsnConvert.parse(bytes, ContentInfo).contentType === id_envelopedData;

/** @throws when the message was not encrypted to this key. */
export const openEnvelopedData = (message: Buffer, key: KeyObject): Buffer => {
  const outer = AsnConvert.parse(message, ContentInfo);
  if (outer.contentType !== id_envelopedData) throw new Error(`not EnvelopedData but ${outer.contentType}`);
  const { recipientInfos, encryptedContentInfo: encrypted } = AsnConvert.parse(outer.content, EnvelopedData);
  const transport = [...recipientInfos].find(({ ktri }) => ktri !== undefined)?.ktri;
  if (transport === undefined) throw new Error("the message is for nobody with an RSA key");
  const cipher = CIPHERS[encrypted.contentEncryptionAlgorithm.algorithm];
  if (cipher === undefined) throw new Error(`cipher ${encrypted.contentEncryptionAlgorithm.algorithm} is not known`);
  const contentKey = privateDecrypt(
    { key, padding: constants.RSA_PKCS1_PADDING },
    Buffer.from(transport.encryptedKey.buffer),
  );
  const iv = AsnConvert.parse(encrypted.contentEncryptionAlgorithm.parameters ?? new ArrayBuffer(0), OctetString);
  const { value, constructedValue = [] } = encrypted.encryptedContent ?? {};
  const text =
    value === undefined ? constructedValue.map(({ buffer }) => Buffer.from(buffer)) : [Buffer.from(value.buffer)];
  const decryptor = createDecipheriv(cipher.name, contentKey, Buffer.from(iv.buffer));
  return Buffer.concat([...text.map((part) => decryptor.update(part)), decryptor.final()]);
};
