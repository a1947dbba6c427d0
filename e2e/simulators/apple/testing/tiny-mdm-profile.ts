import { createHash, randomUUID } from "node:crypto";
import type { Plist } from "../plist/plist-value.ts";

export interface TinyProfileOptions {
  readonly origin: string;
  readonly challenge: string;
  readonly caCertificate: Buffer;
  /** Put over the keys of com.apple.mdm. */
  readonly mdm?: Plist;
}

/** Always the same identifier, so that the next one replaces it. */
export const TINY_PROFILE = "org.example.mdm";

export const tinyMdmProfile = ({ origin, challenge, caCertificate, mdm = {} }: TinyProfileOptions): Plist => {
  const scepUuid = randomUUID().toUpperCase();
  const payload = (type: string, uuid: string, more: Plist): Plist => ({
    PayloadType: type,
    PayloadVersion: 1,
    PayloadIdentifier: `${TINY_PROFILE}.${type}`,
    PayloadUUID: uuid,
    ...more,
  });
  return {
    PayloadType: "Configuration",
    PayloadVersion: 1,
    PayloadIdentifier: TINY_PROFILE,
    PayloadUUID: randomUUID().toUpperCase(),
    PayloadDisplayName: "Management",
    PayloadContent: [
      payload("com.apple.security.scep", scepUuid, {
        PayloadContent: {
          URL: `${origin}/scep`,
          Name: "Test",
          Subject: [[["O", "Test"]], [["CN", "%SerialNumber%"]]],
          Challenge: challenge,
          Keysize: 2048,
          "Key Type": "RSA",
          "Key Usage": 5,
          CAFingerprint: createHash("sha256").update(caCertificate).digest(),
        },
      }),
      payload("com.apple.mdm", randomUUID().toUpperCase(), {
        IdentityCertificateUUID: scepUuid,
        Topic: "com.apple.mgmt.External.test",
        ServerURL: `${origin}/connect`,
        CheckInURL: `${origin}/checkin`,
        SignMessage: true,
        AccessRights: 8191,
        CheckOutWhenRemoved: true,
        ServerCapabilities: ["com.apple.mdm.per-user-connections", "com.apple.mdm.bootstraptoken"],
        ...mdm,
      }),
    ],
  };
};
