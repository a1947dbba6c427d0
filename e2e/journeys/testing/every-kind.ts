import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

type Spec = Readonly<Record<string, unknown>>;

/** A kind of documents: a thing of it, what is changed of it, and where the API keeps it. */
export interface DocumentKind {
  readonly kind: string;
  readonly path: string;
  readonly spec: Spec;
  /** What of it is another one when it is changed, in a document; nothing where a thing is never changed. */
  readonly changed?: Spec;
  /** What a second one must have besides; nothing where there is exactly one. */
  readonly second?: Spec;
  /** The field of its API by which one is known. */
  readonly key?: "name";
  /** A change by the API: its method, and what is sent of the thing as it is listed. */
  readonly drift?: { readonly method: "PUT" | "PATCH"; readonly sent: (listed: Spec) => Spec };
}

/** What devices are sent to that need an address. */
export interface Addresses {
  readonly issuer: string;
  readonly webhook: string;
}

const LABELS = { labels: ["first"] };
const pick =
  (...fields: string[]) =>
  (listed: Spec): Spec =>
    Object.fromEntries(fields.map((field) => [field, listed[field]]));

/** A mobileconfig that says nothing but who it is. */
const mobileconfig = (identifier: string): string => `<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0"><dict>
<key>PayloadType</key><string>Configuration</string><key>PayloadVersion</key><integer>1</integer>
<key>PayloadIdentifier</key><string>${identifier}</string>
<key>PayloadUUID</key><string>4D1C0F0A-8F0B-4A55-9C5E-0E6C5C1D2B3A</string>
<key>PayloadContent</key><array><dict>
<key>PayloadType</key><string>com.apple.screensaver</string><key>PayloadVersion</key><integer>1</integer>
<key>PayloadIdentifier</key><string>${identifier}.screensaver</string>
<key>PayloadUUID</key><string>5E2D1F1B-9A1C-4B66-8D6F-1F7D6D2E3C4B</string>
<key>idleTime</key><integer>600</integer>
</dict></array></dict></plist>
`;

/** Files that documents refer to. */
const FILES: Readonly<Record<string, string>> = {
  "script.sh": "#!/bin/sh\nexit 0\n",
  "changed.sh": "#!/bin/sh\nexit 1\n",
  "first.mobileconfig": mobileconfig("example.documents.first"),
  "second.mobileconfig": mobileconfig("example.documents.second"),
};

/** Everything that documents may describe. */
export const everyKind = ({ issuer, webhook }: Addresses): readonly DocumentKind[] => [
  {
    kind: "Label",
    path: "labels",
    spec: { kind: "query", query: "select 1" },
    changed: { description: "changed" },
    second: {},
    drift: {
      method: "PUT",
      sent: (label) => ({ ...pick("name", "kind", "query")(label), description: "by hand" }),
    },
  },
  {
    kind: "Script",
    path: "scripts",
    spec: { content: { fileRef: "script.sh" } },
    changed: { content: { fileRef: "changed.sh" } },
    second: {},
    drift: { method: "PUT", sent: ({ name }) => ({ name, content: "#!/bin/sh\n# by hand\n" }) },
  },
  {
    kind: "Role",
    path: "roles",
    key: "name",
    spec: { actions: ["device.read"], ...LABELS },
    changed: { actions: ["device.read", "command.read"] },
    second: {},
    drift: { method: "PATCH", sent: () => ({ description: "by hand" }) },
  },
  {
    kind: "SignInProvider",
    path: "sign-in-providers",
    spec: { issuer, clientId: "muster", rolesOfGroups: [{ group: "support", role: "first" }] },
    changed: { clientId: "changed" },
    drift: {
      method: "PUT",
      sent: (provider) => ({ ...pick("name", "issuer", "scopes", "groupsClaim")(provider), clientId: "by hand" }),
    },
  },
  {
    kind: "EnrollSecret",
    path: "enroll-secrets",
    spec: { ownership: "corporate", secret: { secretRef: { env: "FIRST_SECRET" } } },
    second: { secret: { secretRef: { env: "SECOND_SECRET" } } },
  },
  { kind: "EnrollmentToken", path: "enrollment-tokens", spec: { maxUses: 5, ownership: "personal" }, second: {} },
  {
    kind: "AccountSignIn",
    path: "account-sign-ins",
    spec: { issuer, clientId: "muster", domains: ["first.example"], allowsPersonal: true },
    changed: { signInDays: 20 },
    second: { domains: ["second.example"] },
    drift: {
      method: "PUT",
      sent: (signIn) => ({ ...pick("name", "issuer", "domains", "allowsPersonal")(signIn), clientId: "by hand" }),
    },
  },
  {
    kind: "AppleIdentity",
    path: "apple-identity",
    spec: { way: "acme" },
    changed: { way: "scep" },
    drift: { method: "PUT", sent: () => ({ way: "APPLE_IDENTITY_WAY_SCEP" }) },
  },
  {
    kind: "AutomatedEnrollmentProfile",
    path: "automated-enrollment-profiles",
    spec: { supervised: true, mandatory: true, skipSetupItems: ["Siri"] },
    changed: { department: "changed" },
    second: {},
    drift: { method: "PUT", sent: (profile) => ({ ...pick("name", "supervised")(profile), department: "by hand" }) },
  },
  {
    kind: "AutomatedEnrollmentServer",
    path: "automated-enrollment-servers",
    spec: { rules: [{ profile: "first", deviceFamily: "Mac" }] },
    changed: { defaultProfile: "first" },
    second: {},
    drift: { method: "PUT", sent: ({ name }) => ({ name, rules: [] }) },
  },
  {
    kind: "OsqueryConfig",
    path: "osquery-config",
    spec: { options: { distributed_interval: 10 } },
    changed: { options: { distributed_interval: 20 } },
    drift: { method: "PUT", sent: () => ({ options: { distributed_interval: 30 } }) },
  },
  {
    kind: "Policy",
    path: "policies",
    spec: { query: "select 1", selection: LABELS, remediationScript: "first" },
    changed: { severity: "high" },
    second: {},
    drift: { method: "PUT", sent: ({ name, query }) => ({ name, query, enabled: true }) },
  },
  {
    kind: "Profile",
    path: "profiles",
    spec: { content: { fileRef: "first.mobileconfig" }, selection: LABELS },
    changed: { description: "changed" },
    second: { content: { fileRef: "second.mobileconfig" } },
    drift: {
      method: "PUT",
      sent: ({ name, selection }) => ({
        name,
        selection,
        content: Buffer.from(FILES["first.mobileconfig"] ?? "").toString("base64"),
        description: "by hand",
      }),
    },
  },
  {
    kind: "Declaration",
    path: "declarations",
    spec: {
      identifier: "example.first.passcode",
      type: "com.apple.configuration.passcode.settings",
      payload: { RequirePasscode: true },
      selection: LABELS,
    },
    changed: { payload: { RequirePasscode: true, MinimumLength: 8 } },
    second: { identifier: "example.second.passcode" },
    drift: {
      method: "PUT",
      sent: (declaration) => ({
        ...pick("name", "identifier", "type", "selection", "enabled")(declaration),
        payload: { RequirePasscode: false },
      }),
    },
  },
  {
    kind: "Webhook",
    path: "webhooks",
    spec: { url: webhook, eventTypes: ["muster.policy.v1.*"], ...LABELS },
    changed: { enabled: false },
    second: {},
    drift: {
      method: "PUT",
      sent: (hook) => ({ ...pick("name", "url", "labelIds", "enabled")(hook), eventTypes: ["muster.command.v1.*"] }),
    },
  },
  {
    kind: "Sink",
    path: "sinks",
    spec: { filter: LABELS, splunkHec: { url: webhook, token: { secretRef: { env: "FIRST_SECRET" } } } },
    changed: { enabled: false },
    second: {},
    drift: {
      method: "PUT",
      sent: ({ name, filter }) => ({ name, filter, enabled: false, splunkHec: { url: webhook, token: "by-hand" } }),
    },
  },
  { kind: "Subscriber", path: "subscribers", spec: { filter: LABELS }, second: {} },
  { kind: "SignalReceiver", path: "signal-receivers", spec: { audience: "https://first.example" }, second: {} },
];

/** What a document says of a thing. */
export interface Wanted {
  readonly kind: string;
  readonly name: string;
  readonly spec: Spec;
}

/** Writes documents, and the files that they refer to, in place of what was in the folder. */
export async function writeDocuments(folder: string, wanted: readonly Wanted[]): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const documents = wanted.map(({ kind, name, spec }) => ({
    apiVersion: "muster/v1",
    kind,
    metadata: { name },
    spec,
  }));
  // JSON is YAML.
  const files = { ...FILES, "all.yaml": documents.map((each) => JSON.stringify(each)).join("\n---\n") };
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)));
}
