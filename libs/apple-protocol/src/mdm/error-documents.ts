/** What a refusal says to a device beyond its status, as the body of a 403. Devices look at the content type. */
export interface ErrorDocument {
  readonly status: 403;
  readonly contentType: "application/json";
  readonly body: Buffer;
}

const document = (code: string, rest: object = {}): ErrorDocument => ({
  status: 403,
  contentType: "application/json",
  body: Buffer.from(JSON.stringify({ code, ...rest })),
});

/**
 * The device is not ours any more: it takes everything off that came with the enrollment (iOS 17, macOS 14, tvOS 17,
 * visionOS 1.1, watchOS 10 and later). The message is for the person.
 */
export const unrecognizedDevice = (message?: string): ErrorDocument =>
  document("com.apple.unrecognized.device", { message });

export interface RequiredUpdate {
  readonly osVersion: string;
  readonly buildVersion?: string;
  readonly betaProgram?: { readonly description: string; readonly token: string };
}

/** The device has to update before it enrolls. Only for one that says it can (MachineInfo.canUpdateFirst). */
export const softwareUpdateRequired = ({ betaProgram, buildVersion, osVersion }: RequiredUpdate): ErrorDocument =>
  document("com.apple.softwareupdate.required", {
    details: {
      OSVersion: osVersion,
      BuildVersion: buildVersion,
      RequireBetaProgram: betaProgram && { Description: betaProgram.description, Token: betaProgram.token },
    },
  });

/** The watch has to come again, with the pairing token that its phone gets for this (watchOS 10). */
export const pairingTokenMissing = (securityToken: string): ErrorDocument =>
  document("com.apple.watch.pairing.token.missing", { details: { "security-token": securityToken } });

/** This domain has no enrollment for the account, as service discovery says it (iOS 17.5, macOS 14.5, visionOS 1.2). */
export const discoveryFailed = (): ErrorDocument => document("com.apple.well-known.failed");
