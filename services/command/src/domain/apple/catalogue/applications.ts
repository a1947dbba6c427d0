import { type CommandFacts, RIGHT } from "./command-facts.ts";
import { data, dictionary, flag, listOf, required, text, whole } from "./parameter.ts";

const EVERYWHERE = { ios: "5.0", macos: "11.0", tvos: "10.2", visionos: "1.1", watchos: "10.0" } as const;

const ATTRIBUTES = dictionary({
  VPNUUID: text(),
  ContentFilterUUID: text(),
  DNSProxyUUID: text(),
  RelayUUID: text(),
  AssociatedDomains: listOf(text()),
  AssociatedDomainsEnableDirectDownloads: flag,
  Removable: flag,
  TapToPayScreenLock: flag,
  CellularSliceUUID: text(),
  Hideable: flag,
  Lockable: flag,
});

const question = { class: "question", priority: "inventory" } as const;
const change = { class: "change", priority: "configuration" } as const;

/** Applications and books. */
export const APPLICATIONS = {
  InstallApplication: {
    ...change,
    since: { ...EVERYWHERE, macos: "10.9" },
    macChannels: "both",
    right: RIGHT.applications,
    parameters: {
      iTunesStoreID: whole(),
      Identifier: text(),
      Options: dictionary({ PurchaseMethod: whole(0, 1) }),
      ManifestURL: text(),
      ManagementFlags: whole(0, 1, 4, 5),
      Configuration: dictionary(),
      Attributes: ATTRIBUTES,
      ChangeManagementState: text("Managed"),
      InstallAsManaged: flag,
      iOSApp: flag,
    },
  },
  InstallEnterpriseApplication: {
    ...change,
    since: { macos: "10.13.6" },
    right: RIGHT.applications,
    parameters: {
      Manifest: dictionary(),
      ManifestURL: text(),
      ManifestURLPinningCerts: listOf(data),
      PinningRevocationCheckRequired: flag,
      InstallAsManaged: flag,
      ManagementFlags: whole(0, 1),
      Configuration: dictionary(),
      ChangeManagementState: text("Managed"),
      iOSApp: flag,
    },
  },
  RemoveApplication: {
    ...change,
    since: EVERYWHERE,
    notPersonal: ["macos"],
    right: RIGHT.applications,
    parameters: { Identifier: required(text()) },
  },
  InstalledApplicationList: {
    ...question,
    since: { ...EVERYWHERE, macos: "10.7" },
    notPersonal: ["macos"],
    macChannels: "both",
    right: RIGHT.inspectApplications,
    parameters: { Identifiers: listOf(text()), ManagedAppsOnly: flag, Items: listOf(text()) },
  },
  ManagedApplicationList: {
    ...question,
    since: EVERYWHERE,
    macChannels: "both",
    right: RIGHT.applications,
    parameters: { Identifiers: listOf(text()) },
  },
  ManagedApplicationAttributes: {
    ...question,
    since: { ios: "7.0", tvos: "10.2", visionos: "1.1", watchos: "10.0" },
    right: RIGHT.applications,
    parameters: { Identifiers: required(listOf(text())) },
  },
  ManagedApplicationConfiguration: {
    ...question,
    since: { ios: "7.0", macos: "10.15", tvos: "10.2", visionos: "1.1", watchos: "10.0" },
    right: RIGHT.applications,
    parameters: { Identifiers: required(listOf(text())) },
  },
  ManagedApplicationFeedback: {
    ...question,
    since: { ios: "7.0", macos: "11.0", tvos: "10.2", visionos: "1.1" },
    notPersonal: ["macos"],
    macChannels: "user",
    right: RIGHT.applications,
    parameters: { Identifiers: required(listOf(text())), DeleteFeedback: flag },
  },
  ValidateApplications: {
    ...change,
    since: { ios: "9.2", tvos: "10.2", visionos: "1.1" },
    right: RIGHT.applications,
    parameters: { Identifiers: listOf(text()) },
  },
  ApplyRedemptionCode: {
    ...change,
    since: { ios: "5.0" },
    notPersonal: ["ios"],
    right: RIGHT.applications,
    parameters: { Identifier: required(text()), RedemptionCode: required(text()) },
  },
  InviteToProgram: {
    ...change,
    since: { ios: "7.0", macos: "10.9" },
    notPersonal: ["ios", "macos"],
    macChannels: "user",
    right: RIGHT.applications,
    parameters: { ProgramID: required(text("com.apple.cloudvpp")), InvitationURL: required(text()) },
  },
  InstallMedia: {
    ...change,
    since: { ios: "8.0", macos: "10.9" },
    notPersonal: ["macos"],
    macChannels: "user",
    right: RIGHT.applications,
    parameters: {
      iTunesStoreID: whole(),
      MediaURL: text(),
      MediaType: required(text("Book")),
      PersistentID: text(),
      Kind: text("pdf", "epub", "ibooks"),
      Version: text(),
      Author: text(),
      Title: text(),
    },
  },
  ManagedMediaList: { ...question, since: { ios: "8.0" }, right: RIGHT.applications, parameters: {} },
  RemoveMedia: {
    ...change,
    since: { ios: "8.0" },
    right: RIGHT.applications,
    parameters: { MediaType: required(text("Book")), iTunesStoreID: text(), PersistentID: text() },
  },
  ActiveNSExtensions: {
    ...question,
    since: { macos: "10.13" },
    notPersonal: ["macos"],
    macChannels: "user",
    right: RIGHT.inspectApplications,
    parameters: { FilterExtensionPoints: listOf(text()) },
  },
  NSExtensionMappings: {
    ...question,
    since: { macos: "10.13" },
    notPersonal: ["macos"],
    macChannels: "user",
    right: RIGHT.inspectApplications,
    parameters: {},
  },
} as const satisfies Readonly<Record<string, CommandFacts>>;
