import type { DeclarationFacts } from "../catalogue.ts";
import { among, dictionary, list, open, required, text } from "../payload-key.ts";

const SINCE = { ios: "15.0", macos: "13.0", tvos: "16.0", visionos: "1.1", watchos: "10.0" } as const;

/** Activations, what a device knows of its management, and what manages declarations themselves. */
export const MANAGEMENT = {
  "com.apple.activation.simple": {
    since: SINCE,
    users: true,
    keys: { StandardConfigurations: required(list(text)), Predicate: text },
  },
  "com.apple.management.organization-info": {
    since: SINCE,
    users: true,
    keys: { Name: required(text), Email: text, URL: text, Proof: dictionary({ IdentityToken: text }) },
  },
  // Its keys are the administrator's: predicates ask for them by @property(…).
  "com.apple.management.properties": { since: { ...SINCE, ios: "16.0" }, users: true },
  "com.apple.management.server-capabilities": {
    since: SINCE,
    users: true,
    keys: { Version: required(text), SupportedFeatures: required(open) },
  },
  "com.apple.configuration.management.status-subscriptions": {
    since: SINCE,
    users: true,
    keys: { StatusItems: required(list(dictionary({ Name: required(text) }))) },
  },
  "com.apple.configuration.management.test": {
    since: SINCE,
    users: true,
    keys: {
      Echo: required(text),
      EchoDataAssetReference: text,
      ReturnStatus: among("Installed", "Failed", "Unlocked"),
    },
  },
} as const satisfies Readonly<Record<string, DeclarationFacts>>;
