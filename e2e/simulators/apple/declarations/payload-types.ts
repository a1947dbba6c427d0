import type { AppleKind } from "../hardware/apple-models.ts";
import type { JsonObject } from "./declaration.ts";

const LETTER: Readonly<Record<AppleKind, string>> = { Mac: "m", iPhone: "i", iPad: "i", AppleTV: "t" };

/** On which platforms a configuration is supported (OS 18 generation): i iOS and iPadOS, m macOS, t tvOS. */
const CONFIGURATIONS: Readonly<Record<string, string>> = {
  "account.caldav": "im",
  "account.carddav": "im",
  "account.exchange": "im",
  "account.google": "im",
  "account.ldap": "im",
  "account.mail": "im",
  "account.subscribed-calendar": "im",
  "app.managed": "i",
  "diskmanagement.settings": "m",
  legacy: "imt",
  "legacy.interactive": "imt",
  "management.status-subscriptions": "imt",
  "management.test": "imt",
  "math.settings": "im",
  "passcode.settings": "im",
  "safari.extensions.settings": "im",
  "screensharing.connection": "m",
  "screensharing.connection.group": "m",
  "screensharing.host.settings": "m",
  "security.certificate": "imt",
  "security.identity": "imt",
  "security.passkey.attestation": "im",
  "services.background-tasks": "m",
  "services.configuration-files": "m",
  "softwareupdate.enforcement.specific": "im",
  "softwareupdate.settings": "im",
  "watch.enrollment": "i",
};

const ASSETS = [
  "credential.acme",
  "credential.certificate",
  "credential.identity",
  "credential.scep",
  "credential.userpassword",
  "data",
  "useridentity",
];
const MANAGEMENT = ["organization-info", "properties", "server-capabilities"];

export const configurationTypes = (kind: AppleKind): string[] =>
  Object.keys(CONFIGURATIONS)
    .filter((name) => CONFIGURATIONS[name]?.includes(LETTER[kind]) === true)
    .map((name) => `com.apple.configuration.${name}`);

/** What the server may send to this device at all. */
export const clientCapabilities = (kind: AppleKind, statusItems: readonly string[]): JsonObject => ({
  "supported-versions": ["1.0.0"],
  "supported-features": {},
  "supported-payloads": {
    declarations: {
      activations: ["com.apple.activation.simple"],
      assets: ASSETS.map((name) => `com.apple.asset.${name}`),
      configurations: configurationTypes(kind),
      management: MANAGEMENT.map((name) => `com.apple.management.${name}`),
    },
    "status-items": [...statusItems],
  },
});
