import type { DeclarationFacts } from "../catalogue.ts";
import { among, dictionary, flag, list, open, required, text, whole } from "../payload-key.ts";

const LEGACY = { ios: "15.0", macos: "13.0", tvos: "16.0", visionos: "1.1" } as const;
const CERTIFICATES = { ios: "17.0", macos: "14.0", tvos: "17.0", visionos: "1.1", watchos: "10.0" } as const;

/** What a device has and runs. */
export const CONFIGURATIONS = {
  "com.apple.configuration.app.managed": {
    since: { ios: "17.2" },
    keys: {
      AppStoreID: text,
      BundleID: text,
      ManifestURL: text,
      InstallBehavior: dictionary({ Install: among("Optional", "Required"), License: open }),
      IncludeInBackup: flag,
      Attributes: dictionary({
        AssociatedDomains: list(text),
        AssociatedDomainsEnableDirectDownloads: flag,
        CellularSliceUUID: text,
        ContentFilterUUID: text,
        DNSProxyUUID: text,
        RelayUUID: text,
        TapToPayScreenLock: flag,
        VPNUUID: text,
      }),
    },
  },
  "com.apple.configuration.legacy.interactive": {
    since: LEGACY,
    users: true,
    keys: { ProfileURL: required(text), VisibleName: required(text) },
  },
  "com.apple.configuration.legacy": {
    since: { ...LEGACY, watchos: "10.0" },
    users: true,
    keys: { ProfileURL: required(text) },
  },
  "com.apple.configuration.screensharing.connection.group": {
    since: { macos: "14.0" },
    users: true,
    keys: {
      ConnectionGroupUUID: required(text),
      GroupName: required(text),
      Members: required(list(text)),
    },
  },
  "com.apple.configuration.screensharing.connection": {
    since: { macos: "14.0" },
    users: true,
    keys: {
      ConnectionUUID: required(text),
      DisplayName: required(text),
      HostName: required(text),
      Port: whole,
      DisplayConfiguration: required(dictionary({ DisplayType: required(among("Virtual1", "Virtual2")) })),
      AuthenticationCredentialsAssetReference: text,
    },
  },
  "com.apple.configuration.security.certificate": {
    since: CERTIFICATES,
    users: true,
    keys: { CredentialAssetReference: required(text) },
  },
  "com.apple.configuration.security.identity": {
    since: CERTIFICATES,
    users: true,
    keys: { CredentialAssetReference: required(text), AllowAllAppsAccess: flag, KeyIsExtractable: flag },
  },
  "com.apple.configuration.security.passkey.attestation": {
    since: { ios: "17.0", macos: "14.0" },
    users: true,
    keys: {
      AttestationIdentityAssetReference: required(text),
      AttestationIdentityKeyIsExtractable: flag,
      RelyingParties: required(list(text)),
    },
  },
  "com.apple.configuration.services.background-tasks": {
    since: { macos: "15.0" },
    keys: {
      TaskType: required(text),
      TaskDescription: text,
      ExecutableAssetReference: text,
      LaunchdConfigurations: list(open),
    },
  },
  "com.apple.configuration.services.configuration-files": {
    since: { macos: "14.0" },
    keys: { ServiceType: required(text), DataAssetReference: required(text) },
  },
  "com.apple.configuration.watch.enrollment": {
    since: { ios: "17.0" },
    supervised: true,
    keys: { EnrollmentProfileURL: required(text), AnchorCertificateAssetReferences: list(text) },
  },
} as const satisfies Readonly<Record<string, DeclarationFacts>>;
