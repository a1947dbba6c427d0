import { type CommandFacts, RIGHT } from "./command-facts.ts";
import { data, flag, required, secret, text } from "./parameter.ts";

const EVERYWHERE = { ios: "4.0", macos: "10.7", tvos: "9.0", visionos: "1.1", watchos: "10.0" } as const;
const PROVISIONING = { ...EVERYWHERE, macos: "11.0" } as const;

/** Profiles, certificates, declarations. */
export const PROFILES = {
  InstallProfile: {
    class: "change",
    priority: "configuration",
    since: EVERYWHERE,
    macChannels: "both",
    right: RIGHT.changeProfiles,
    parameters: { Payload: secret(required(data)) },
  },
  RemoveProfile: {
    class: "change",
    priority: "configuration",
    since: EVERYWHERE,
    macChannels: "both",
    right: RIGHT.changeProfiles,
    parameters: { Identifier: required(text()) },
  },
  ProfileList: {
    class: "question",
    priority: "inventory",
    since: EVERYWHERE,
    macChannels: "both",
    right: RIGHT.inspectProfiles,
    parameters: { ManagedOnly: flag },
  },
  CertificateList: {
    class: "question",
    priority: "inventory",
    since: EVERYWHERE,
    macChannels: "both",
    right: RIGHT.inspectProfiles,
    parameters: { ManagedOnly: flag },
  },
  InstallProvisioningProfile: {
    class: "change",
    priority: "configuration",
    since: PROVISIONING,
    right: RIGHT.changeProvisioningProfiles,
    parameters: { ProvisioningProfile: required(data) },
  },
  ProvisioningProfileList: {
    class: "question",
    priority: "inventory",
    since: PROVISIONING,
    right: RIGHT.inspectProvisioningProfiles,
    parameters: { ManagedOnly: flag },
  },
  RemoveProvisioningProfile: {
    class: "change",
    priority: "configuration",
    since: PROVISIONING,
    right: RIGHT.changeProvisioningProfiles,
    parameters: { UUID: required(text()) },
  },
  DeclarativeManagement: {
    class: "change",
    priority: "configuration",
    since: { ios: "15.0", macos: "13.0", tvos: "16.0", visionos: "1.1", watchos: "10.0" },
    macChannels: "both",
    parameters: { Data: data },
  },
} as const satisfies Readonly<Record<string, CommandFacts>>;
