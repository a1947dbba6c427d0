import { AsnConvert, AsnPrintableStringConverter, OctetString } from "@peculiar/asn1-schema";
import type { OpenedSignedData, SignedAttribute } from "../crypto/signed-data.ts";

/** The authenticated attributes of a pkiMessage (RFC 8894 §3.2.1). */
export const SCEP = {
  messageType: "2.16.840.1.113733.1.9.2",
  pkiStatus: "2.16.840.1.113733.1.9.3",
  failInfo: "2.16.840.1.113733.1.9.4",
  senderNonce: "2.16.840.1.113733.1.9.5",
  recipientNonce: "2.16.840.1.113733.1.9.6",
  transactionId: "2.16.840.1.113733.1.9.7",
} as const;

export const printable = (oid: string, value: string): SignedAttribute => [
  oid,
  new Uint8Array(AsnPrintableStringConverter.toASN(value).toBER()),
];

export const octets = (oid: string, value: Buffer): SignedAttribute => [
  oid,
  new Uint8Array(AsnConvert.serialize(new OctetString(value))),
];

/** The text of a short string attribute, whatever string type it was written in. */
export const textAttribute = ({ attributes }: OpenedSignedData, oid: string): string | undefined =>
  attributes.get(oid)?.subarray(2).toString("latin1");

export const octetAttribute = ({ attributes }: OpenedSignedData, oid: string): Buffer | undefined => {
  const der = attributes.get(oid);
  return der === undefined ? undefined : Buffer.from(AsnConvert.parse(der, OctetString).buffer);
};
