import type { DeclarationFacts } from "../catalogue.ts";
import { among, dictionary, required, text, whole } from "../payload-key.ts";

const SINCE = { ios: "17.0", macos: "14.0", tvos: "17.0", visionos: "1.1", watchos: "10.0" } as const;
const EARLIER = { ios: "15.0", macos: "13.0", tvos: "16.0", visionos: "1.1", watchos: "10.0" } as const;
const DATA = {
  Reference: required(dictionary({ DataURL: required(text), ContentType: text, Size: whole, "Hash-SHA-256": text })),
  Authentication: dictionary({ Type: required(among("MDM", "None")) }),
} as const;
const CREDENTIAL = { ...DATA, Accessible: among("Default", "AfterFirstUnlock") } as const;

/** What configurations refer to. */
export const ASSETS = {
  "com.apple.asset.credential.acme": { since: SINCE, users: true, keys: CREDENTIAL },
  "com.apple.asset.credential.certificate": { since: SINCE, users: true, keys: DATA },
  "com.apple.asset.credential.identity": { since: SINCE, users: true, keys: CREDENTIAL },
  "com.apple.asset.credential.scep": { since: SINCE, users: true, keys: CREDENTIAL },
  "com.apple.asset.credential.userpassword": { since: EARLIER, users: true, keys: DATA },
  "com.apple.asset.data": { since: SINCE, users: true, keys: DATA },
  "com.apple.asset.useridentity": { since: EARLIER, users: true, keys: { FullName: text, EmailAddress: text } },
} as const satisfies Readonly<Record<string, DeclarationFacts>>;
