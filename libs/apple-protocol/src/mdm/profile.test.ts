import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readPlist } from "../plist/read-plist.ts";
import type { Writable } from "../plist/write-plist.ts";
import { acmePayload, certificatePayload, scepPayload } from "./identity-payloads.ts";
import { ACCESS_RIGHTS, type MdmPayload, mdmPayload } from "./mdm-payload.ts";
import { PROFILE_TYPE, type Profile, writeProfile } from "./profile.ts";
import { writeProfileService } from "./profile-service.ts";

const head = (name: string) => ({ identifier: `com.example.${name}`, uuid: `UUID-${name}` });
const headOf = (type: string, name: string) => ({
  PayloadType: type,
  PayloadVersion: 1,
  PayloadIdentifier: `com.example.${name}`,
  PayloadUUID: `UUID-${name}`,
});
const read = (bytes: Buffer): unknown => structuredClone(readPlist(bytes));
const profileOf = (...payloads: Profile["payloads"]) => read(writeProfile({ ...head("profile"), payloads }));
const holding = (...PayloadContent: readonly Writable[]) => ({
  ...headOf("Configuration", "profile"),
  PayloadContent,
});

const mdm: MdmPayload = {
  ...head("mdm"),
  identityUuid: "UUID-identity",
  topic: "com.apple.mgmt.External.1",
  serverUrl: "https://mdm.example.com/apple/connect",
};

describe("a configuration profile", () => {
  it("is written key by key as devices read it", () => {
    const profile = writeProfile({
      ...head("profile"),
      displayName: "Acme & friends",
      organization: "Acme",
      description: "Manages this device",
      scope: "System",
      isRemovalDisallowed: true,
      consent: { default: "Yes?", de: "Ja?" },
      target: "mac",
      payloads: [],
    });
    assert.equal(
      profile.toString(),
      `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict><key>PayloadType</key><string>Configuration</string><key>PayloadVersion</key><integer>1</integer><key>PayloadIdentifier</key><string>com.example.profile</string><key>PayloadUUID</key><string>UUID-profile</string><key>PayloadDisplayName</key><string>Acme &amp; friends</string><key>PayloadOrganization</key><string>Acme</string><key>PayloadDescription</key><string>Manages this device</string><key>PayloadScope</key><string>System</string><key>PayloadRemovalDisallowed</key><true/><key>ConsentText</key><dict><key>default</key><string>Yes?</string><key>de</key><string>Ja?</string></dict><key>TargetDeviceType</key><integer>5</integer><key>PayloadContent</key><array></array></dict></plist>
`,
    );
    assert.equal(PROFILE_TYPE, "application/x-apple-aspen-config");
  });

  it("puts a device under management with all rights and signed messages", () => {
    assert.deepEqual(
      profileOf(mdmPayload(mdm)),
      holding({
        ...headOf("com.apple.mdm", "mdm"),
        IdentityCertificateUUID: "UUID-identity",
        Topic: "com.apple.mgmt.External.1",
        ServerURL: "https://mdm.example.com/apple/connect",
        SignMessage: true,
        AccessRights: 8191,
      }),
    );
  });

  it("says all that management can be told", () => {
    const payload = mdmPayload({
      ...mdm,
      checkInUrl: "https://mdm.example.com/apple/checkin",
      accessRights: ["installProfiles", "erase"],
      serverCapabilities: ["com.apple.mdm.per-user-connections", "com.apple.mdm.bootstraptoken", "com.apple.mdm.token"],
      checksOut: true,
      usesDevelopmentPush: false,
      account: { mode: "BYOD", managedAppleId: "ada@acme.example", requiredAppId: 361309726 },
      pinning: { serverUuids: ["P1"], checkInUuids: ["P2"], requiresRevocationCheck: true },
      promptsForBootstrapToken: true,
    });
    assert.deepEqual(
      profileOf(payload),
      holding({
        ...headOf("com.apple.mdm", "mdm"),
        IdentityCertificateUUID: "UUID-identity",
        Topic: "com.apple.mgmt.External.1",
        ServerURL: "https://mdm.example.com/apple/connect",
        CheckInURL: "https://mdm.example.com/apple/checkin",
        SignMessage: true,
        AccessRights: 1 | 2 | 8,
        ServerCapabilities: [
          "com.apple.mdm.per-user-connections",
          "com.apple.mdm.bootstraptoken",
          "com.apple.mdm.token",
        ],
        CheckOutWhenRemoved: true,
        UseDevelopmentAPNS: false,
        EnrollmentMode: "BYOD",
        AssignedManagedAppleID: "ada@acme.example",
        RequiredAppIDForMDM: 361309726,
        ServerURLPinningCertificateUUIDs: ["P1"],
        CheckInURLPinningCertificateUUIDs: ["P2"],
        PinningRevocationCheckRequired: true,
        PromptUserToAllowBootstrapTokenForAuthentication: true,
      }),
    );
  });

  it("never gives a right without the one it needs", () => {
    for (const right of Object.values(ACCESS_RIGHTS)) {
      assert.ok((right & 2) === 0 || (right & 1) !== 0);
      assert.ok((right & 128) === 0 || (right & 64) !== 0);
    }
  });

  it("has a device get its certificate by SCEP, with a key that stays on it", () => {
    const payload = scepPayload({
      ...head("scep"),
      url: "https://mdm.example.com/apple/scep",
      caName: "devices",
      subject: [
        ["O", "acme"],
        ["CN", "%SerialNumber%"],
      ],
      subjectAltName: { uniformResourceIdentifier: ["urn:muster:apple:acme:e1"], dNSName: "a.example.com" },
      challenge: "once",
      caFingerprint: Buffer.of(1, 2, 3),
      retries: 3,
      retryDelaySeconds: 10,
      isOpenToAllApps: true,
    });
    assert.deepEqual(
      profileOf(payload),
      holding({
        ...headOf("com.apple.security.scep", "scep"),
        PayloadContent: {
          URL: "https://mdm.example.com/apple/scep",
          Name: "devices",
          Subject: [[["O", "acme"]], [["CN", "%SerialNumber%"]]],
          SubjectAltName: { uniformResourceIdentifier: ["urn:muster:apple:acme:e1"], dNSName: "a.example.com" },
          Challenge: "once",
          Keysize: 2048,
          "Key Type": "RSA",
          "Key Usage": 5,
          CAFingerprint: new Uint8Array([1, 2, 3]),
          Retries: 3,
          RetryDelay: 10,
          KeyIsExtractable: false,
          AllowAllAppsAccess: true,
        },
      }),
    );
  });

  it("has a device get its certificate by ACME, from its hardware or not", () => {
    const acme = { ...head("acme"), directoryUrl: "https://ca.example.com/directory", clientIdentifier: "once" };
    const subject = [["CN", "e1"]] as const;
    const expected = {
      ...headOf("com.apple.security.acme", "acme"),
      DirectoryURL: "https://ca.example.com/directory",
      ClientIdentifier: "once",
      Subject: [[["CN", "e1"]]],
      UsageFlags: 5,
    };
    assert.deepEqual(
      profileOf(acmePayload({ ...acme, subject, key: { type: "hardware", bits: 384, isAttested: true } })),
      holding({ ...expected, KeySize: 384, KeyType: "ECSECPrimeRandom", HardwareBound: true, Attest: true }),
    );
    const more = { subjectAltName: { rfc822Name: "a@example.com" }, extendedKeyUsage: ["1.3.6.1.5.5.7.3.2"] };
    assert.deepEqual(
      profileOf(acmePayload({ ...acme, ...more, subject, key: { type: "RSA", bits: 2048 } })),
      holding({
        ...expected,
        KeySize: 2048,
        KeyType: "RSA",
        HardwareBound: false,
        Attest: false,
        SubjectAltName: { rfc822Name: "a@example.com" },
        ExtendedKeyUsage: ["1.3.6.1.5.5.7.3.2"],
      }),
    );
  });

  it("has a device trust a certificate", () => {
    assert.deepEqual(
      profileOf(certificatePayload(head("root"), Buffer.of(0x30, 0))),
      holding({ ...headOf("com.apple.security.root", "root"), PayloadContent: new Uint8Array([0x30, 0]) }),
    );
  });
});

describe("a profile service", () => {
  it("asks a device for what it is, in a payload that stands alone", () => {
    const service = writeProfileService({
      ...head("ota"),
      url: "https://mdm.example.com/apple/ota/phase",
      attributes: ["UDID", "SERIAL"],
      challenge: "once",
    });
    assert.deepEqual(read(service), {
      ...headOf("Profile Service", "ota"),
      PayloadContent: {
        URL: "https://mdm.example.com/apple/ota/phase",
        DeviceAttributes: ["UDID", "SERIAL"],
        Challenge: "once",
      },
    });
  });
});
