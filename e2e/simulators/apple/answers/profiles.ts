import { X509Certificate } from "node:crypto";
import type { InstalledProfile } from "../device-state.ts";
import { dataOf, listOf, type Plist, textOf } from "../plist/plist-value.ts";
import { type ConfigurationProfile, readConfigurationProfile } from "../profile/configuration-profile.ts";
import { installProfile, removeProfile } from "../profile/profile-installation.ts";
import {
  type Answers,
  type CommandContext,
  CommandFailed,
  CommandMalformed,
  mdmError,
  neededData,
  neededText,
} from "./command-answer.ts";

const profileError = (code: number, text: string): CommandFailed =>
  new CommandFailed({ code, domain: "MCProfileErrorDomain", text });

const listItem = ({ profile, by }: InstalledProfile): Plist => {
  const { configuration: top, payloads, signer } = profile;
  return {
    PayloadUUID: profile.uuid,
    PayloadIdentifier: profile.identifier,
    PayloadVersion: 1,
    PayloadDisplayName: top["PayloadDisplayName"],
    PayloadOrganization: top["PayloadOrganization"],
    PayloadDescription: top["PayloadDescription"],
    PayloadRemovalDisallowed: top["PayloadRemovalDisallowed"] === true,
    HasRemovalPasscode: payloads.some((payload) => payload["PayloadType"] === "com.apple.profileRemovalPassword"),
    IsEncrypted: false,
    IsManaged: true,
    ...(by === "declaration" ? { Source: "Declarative Device Management" } : {}),
    SignerCertificates: signer === undefined ? undefined : [signer],
    PayloadContent: payloads.map((payload) => ({
      PayloadType: payload["PayloadType"],
      PayloadVersion: payload["PayloadVersion"] ?? 1,
      PayloadIdentifier: payload["PayloadIdentifier"],
      PayloadUUID: payload["PayloadUUID"],
      PayloadDisplayName: payload["PayloadDisplayName"],
      PayloadDescription: payload["PayloadDescription"],
      PayloadOrganization: payload["PayloadOrganization"],
    })),
  };
};

const CERTIFICATE_TYPES = new Set(["com.apple.security.root", "com.apple.security.pkcs1", "com.apple.security.pem"]);

const commonNameOf = ({ subject }: X509Certificate): string => /CN=([^\n]*)/.exec(subject)?.[1] ?? "";

const certificatesOf = ({ parts, enrollment }: CommandContext): Plist[] => {
  const installed = [...parts.state.profiles.values()].flatMap(({ profile }) =>
    profile.payloads
      .filter((payload) => CERTIFICATE_TYPES.has(textOf(payload["PayloadType"]) ?? ""))
      .flatMap((payload) => dataOf(payload["PayloadContent"]) ?? []),
  );
  return [enrollment.identity.certificate, ...installed].map((bytes, place) => {
    const certificate = new X509Certificate(bytes);
    return { CommonName: commonNameOf(certificate), Data: certificate.raw, IsIdentity: place === 0 };
  });
};

const read = (bytes: Buffer): ConfigurationProfile => {
  try {
    return readConfigurationProfile(bytes);
  } catch (error) {
    throw profileError(1000, `the profile is not valid: ${error instanceof Error ? error.message : String(error)}`);
  }
};

export const profileAnswers: Answers = {
  ProfileList: ({ parts }) => ({ ProfileList: [...parts.state.profiles.values()].map(listItem) }),

  InstallProfile: async (context) => {
    const { parts, enrollment, device } = context;
    const bytes = neededData(context, "Payload");
    const profile = read(bytes);
    if (profile.identifier === enrollment.profile.profile.identifier) {
      await device.renew(bytes);
      return {};
    }
    if (profile.payloads.some((payload) => payload["PayloadType"] === "com.apple.mdm"))
      throw profileError(4001, "the device is already managed by another profile");
    installProfile(parts, profile, "command");
    return {};
  },

  RemoveProfile: (context) => {
    const { parts, enrollment, device, afterwards } = context;
    const identifier = neededText(context, "Identifier");
    const installed = parts.state.profiles.get(identifier);
    if (installed === undefined) throw new CommandFailed(mdmError(12013, `profile ${identifier} is not managed`));
    if (identifier === enrollment.profile.profile.identifier) {
      afterwards({ does: () => device.leave("its enrollment profile was removed"), endsSession: true });
      return {};
    }
    if (installed.by === "declaration")
      throw new CommandFailed(mdmError(12013, `profile ${identifier} belongs to a declaration`));
    removeProfile(parts, identifier);
    return {};
  },

  CertificateList: (context) => ({ CertificateList: certificatesOf(context) }),

  InstallProvisioningProfile: (context) => {
    const bytes = neededData(context, "ProvisioningProfile");
    const uuid = /<key>UUID<\/key>\s*<string>([^<]+)</.exec(bytes.toString("latin1"))?.[1];
    if (uuid === undefined) throw new CommandMalformed("the provisioning profile has no UUID");
    const { provisioningProfiles } = context.parts.state;
    const expires = new Date(context.parts.now().getTime() + 365 * 86_400_000);
    provisioningProfiles.set(uuid, { name: `Provisioning ${uuid}`, expires });
    return {};
  },

  ProvisioningProfileList: ({ parts }) => ({
    ProvisioningProfileList: [...parts.state.provisioningProfiles].map(([UUID, { name, expires }]) => ({
      UUID,
      Name: name,
      ExpiryDate: expires,
    })),
  }),

  RemoveProvisioningProfile: (context) => {
    const uuid = neededText(context, "UUID");
    if (!context.parts.state.provisioningProfiles.delete(uuid))
      throw new CommandFailed(mdmError(12014, `provisioning profile ${uuid} is not managed`));
    return {};
  },

  Restrictions: ({ parts, command }) => {
    const payloads = [...parts.state.profiles.values()].flatMap(({ profile }) =>
      profile.payloads
        .filter((payload) => payload["PayloadType"] === "com.apple.applicationaccess")
        .map((payload) => [profile.identifier, restrictionsOf(payload)] as const),
    );
    const all: Plist = Object.assign({}, ...payloads.map(([, restricted]) => restricted));
    return {
      GlobalRestrictions: all,
      ...(command["ProfileRestrictions"] === true ? { ProfileRestrictions: Object.fromEntries(payloads) } : {}),
    };
  },
};

const restrictionsOf = (payload: Plist): Plist => ({
  restrictedBool: Object.fromEntries(
    Object.entries(payload)
      .filter(([, value]) => typeof value === "boolean")
      .map(([key, value]) => [key, { value }]),
  ),
  restrictedValue: Object.fromEntries(
    Object.entries(payload)
      .filter(([key, value]) => typeof value === "number" && !key.startsWith("Payload"))
      .map(([key, value]) => [key, { value }]),
  ),
  intersection: Object.fromEntries(
    Object.entries(payload)
      .filter(([, value]) => Array.isArray(value))
      .map(([key, value]) => [key, { values: listOf(value) }]),
  ),
});
