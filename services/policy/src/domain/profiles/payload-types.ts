export type Kind = "text" | "data" | "list" | "dictionary" | "flag" | "number";
type System = "ios" | "macos" | "tvos" | "visionos" | "watchos";

/** What is known of a payload type beyond that it exists. */
export interface PayloadFacts {
  /** Keys that have to be there, and what they hold. */
  readonly required?: Readonly<Record<string, Kind>>;
  /** The only systems that take it. */
  readonly only?: readonly System[];
  /** The systems on which only supervised devices take it. */
  readonly supervised?: readonly System[];
  /** Whether a Mac takes it on the device's channel alone. */
  readonly deviceOnly?: true;
}

const MAC: PayloadFacts = { only: ["macos"] };
const MAC_DEVICE: PayloadFacts = { only: ["macos"], deviceOnly: true };
const CERTIFICATE: PayloadFacts = { required: { PayloadContent: "data" } };

/** Payload types with facts of their own. The keys are those of Apple's payload reference. */
export const PAYLOAD_FACTS: Readonly<Record<string, PayloadFacts>> = {
  "com.apple.security.root": CERTIFICATE,
  "com.apple.security.pkcs1": CERTIFICATE,
  "com.apple.security.pem": CERTIFICATE,
  "com.apple.security.pkcs12": CERTIFICATE,
  "com.apple.security.scep": { required: { PayloadContent: "dictionary" } },
  "com.apple.security.acme": {
    required: {
      DirectoryURL: "text",
      ClientIdentifier: "text",
      KeySize: "number",
      KeyType: "text",
      HardwareBound: "flag",
      Subject: "list",
    },
  },
  "com.apple.webClip.managed": { required: { Label: "text", URL: "text" } },
  "com.apple.vpn.managed": { required: { VPNType: "text" } },
  "com.apple.vpn.managed.applayer": { required: { VPNType: "text", VPNUUID: "text" } },
  "com.apple.caldav.account": { required: { CalDAVHostName: "text" } },
  "com.apple.carddav.account": { required: { CardDAVHostName: "text" } },
  "com.apple.ldap.account": { required: { LDAPAccountHostName: "text" } },
  "com.apple.subscribedcalendar.account": { required: { SubCalAccountHostName: "text" } },
  "com.apple.mail.managed": { required: { EmailAccountType: "text", IncomingMailServerHostName: "text" } },
  "com.apple.font": { required: { Font: "data" } },
  "com.apple.dnsSettings.managed": { required: { DNSSettings: "dictionary" } },
  "com.apple.relay.managed": { required: { Relays: "list" } },
  "com.apple.extensiblesso": { required: { ExtensionIdentifier: "text", Type: "text" } },
  "com.apple.app.lock": { required: { App: "dictionary" }, only: ["ios", "tvos"], supervised: ["ios", "tvos"] },
  "com.apple.homescreenlayout": { only: ["ios", "tvos"], supervised: ["ios", "tvos"] },
  "com.apple.notificationsettings": { required: { NotificationSettings: "list" }, supervised: ["ios"] },
  "com.apple.shareddeviceconfiguration": { only: ["ios"], supervised: ["ios"] },
  "com.apple.proxy.http.global": { supervised: ["ios"] },
  "com.apple.networkusagerules": { only: ["ios"] },
  "com.apple.cellular": { only: ["ios"] },
  "com.apple.conferenceroomdisplay": { only: ["tvos"], supervised: ["tvos"] },
  "com.apple.TCC.configuration-profile-policy": { ...MAC_DEVICE, required: { Services: "dictionary" } },
  "com.apple.servicemanagement": { ...MAC_DEVICE, required: { Rules: "list" } },
  "com.apple.system-extension-policy": MAC_DEVICE,
  "com.apple.syspolicy.kernel-extension-policy": MAC_DEVICE,
  "com.apple.MCX.FileVault2": MAC_DEVICE,
  "com.apple.security.FDERecoveryKeyEscrow": MAC_DEVICE,
  "com.apple.security.firewall": MAC_DEVICE,
  "com.apple.systempolicy.control": MAC_DEVICE,
  "com.apple.systempolicy.rule": MAC_DEVICE,
  "com.apple.SoftwareUpdate": MAC_DEVICE,
  "com.apple.loginwindow": MAC_DEVICE,
  "com.apple.DirectoryService.managed": MAC_DEVICE,
  "com.apple.ManagedClient.preferences": { ...MAC, required: { PayloadContent: "dictionary" } },
  "com.apple.dock": MAC,
  "com.apple.finder": MAC,
  "com.apple.screensaver": MAC,
  "com.apple.loginitems.managed": MAC,
};

/** What only the server makes: a profile with one of these would take the device's management from us. */
export const SERVER_ONLY: ReadonlySet<string> = new Set(["com.apple.mdm", "com.apple.declarations", "Profile Service"]);

/** Every payload type that Apple documents; what stands in PAYLOAD_FACTS is known as well. */
const DOCUMENTED = `.GlobalPreferences com.apple.ADCertificate.managed com.apple.AIM.account com.apple.AssetCache.managed
  com.apple.Dictionary com.apple.DiscRecording com.apple.MCX com.apple.MCX.TimeMachine
  com.apple.NSExtension com.apple.SetupAssistant.managed com.apple.ShareKitHelper com.apple.SystemConfiguration
  com.apple.airplay com.apple.airplay.security com.apple.airprint com.apple.apn.managed com.apple.applicationaccess
  com.apple.applicationaccess.new com.apple.appstore com.apple.asam com.apple.associated-domains
  com.apple.cellularprivatenetwork.managed com.apple.configurationprofile.identification com.apple.dashboard
  com.apple.desktop com.apple.dnsProxy.managed com.apple.domains com.apple.eas.account com.apple.education
  com.apple.ews.account com.apple.familycontrols.contentfilter com.apple.familycontrols.timelimits.v2
  com.apple.fileproviderd com.apple.firstactiveethernet.managed com.apple.firstethernet.managed com.apple.gamed
  com.apple.globalethernet.managed com.apple.google-oauth com.apple.ironwood.support com.apple.jabber.account
  com.apple.lom com.apple.mcxMenuExtras com.apple.mcxloginscripts com.apple.mcxprinting
  com.apple.mobiledevice.passwordpolicy com.apple.osxserver.account com.apple.preference.security
  com.apple.preferences.users com.apple.profileRemovalPassword com.apple.screensaver.user
  com.apple.secondactiveethernet.managed com.apple.secondethernet.managed com.apple.security.FDERecoveryRedirect
  com.apple.security.certificatepreference com.apple.security.certificaterevocation
  com.apple.security.certificatetransparency com.apple.security.identitypreference com.apple.security.smartcard
  com.apple.security.wapi-identity com.apple.sso com.apple.system.logging com.apple.systemmigration
  com.apple.systempolicy.managed com.apple.systempreferences com.apple.systemuiserver
  com.apple.thirdactiveethernet.managed com.apple.thirdethernet.managed com.apple.tvremote com.apple.universalaccess
  com.apple.vpn.managed.appmapping com.apple.webcontent-filter com.apple.wifi.managed com.apple.xsan
  com.apple.xsan.preferences loginwindow`;

const KNOWN: ReadonlySet<string> = new Set([...DOCUMENTED.split(/\s+/), ...Object.keys(PAYLOAD_FACTS)]);

export const isKnownPayload = (type: string): boolean => KNOWN.has(type);
