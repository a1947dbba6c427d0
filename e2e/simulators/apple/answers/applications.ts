import type { InstalledApp, ManagedApp } from "../device-state.ts";
import { type Plist, plistOf, textOf, textsOf } from "../plist/plist-value.ts";
import {
  type Answers,
  type CommandContext,
  CommandFailed,
  CommandMalformed,
  mdmError,
  neededText,
} from "./command-answer.ts";

const listItem = ({ identifier, name, version, bundleSize, source }: InstalledApp): Plist => ({
  Identifier: identifier,
  Name: name,
  Version: version,
  ShortVersion: version.split(".").slice(0, 2).join("."),
  BundleSize: bundleSize,
  DynamicSize: 0,
  Installing: false,
  IsValidated: true,
  AppStoreVendable: source === "store",
  DeviceBasedVPP: source === "store",
  BetaApp: false,
  AdHocCodeSigned: false,
  HasUpdateAvailable: false,
});

/** Only the keys that were asked for, if some were. */
const onlyItems = (item: Plist, items: readonly string[]): Plist =>
  items.length === 0
    ? item
    : Object.fromEntries(Object.entries(item).filter(([key]) => key === "Identifier" || items.includes(key)));

const managedItem = ({ status, managementFlags, configuration }: ManagedApp): Plist => ({
  Status: status,
  ManagementFlags: managementFlags,
  HasConfiguration: configuration !== undefined,
  HasFeedback: false,
  IsValidated: true,
  UnusedRedemptionCode: undefined,
});

const rejection = (reason: string): CommandFailed => {
  return new CommandFailed({ code: 12024, domain: "MCMDMErrorDomain", text: `the app is not installed: ${reason}` });
};

const install = ({ parts, command }: CommandContext, identifier: string, source: InstalledApp["source"]): Plist => {
  const { state, ledger, random } = parts;
  const configuration = command["Configuration"];
  const attributes = command["Attributes"];
  const { managementFlags } = state.managedApps.get(identifier) ?? { managementFlags: 0 };
  if (!state.apps.has(identifier)) {
    const name = identifier.split(".").at(-1) ?? identifier;
    const bundleSize = random.fork(identifier).int(10_000_000, 400_000_000);
    state.apps.set(identifier, { identifier, name, version: "1.0.0", bundleSize, managed: true, source });
    ledger.add({ kind: "application", action: "installed", identifier });
  } else if (command["ChangeManagementState"] !== "Managed" && !state.managedApps.has(identifier))
    throw rejection("AppAlreadyInstalled");
  const flags = command["ManagementFlags"];
  state.managedApps.set(identifier, {
    status: "Managed",
    managementFlags: typeof flags === "number" ? flags : managementFlags,
    configuration: configuration === undefined ? undefined : plistOf(configuration),
    attributes: attributes === undefined ? undefined : plistOf(attributes),
  });
  return { Identifier: identifier, State: "Installing" };
};

const managedOf = ({ parts, command }: CommandContext): [string, ManagedApp][] => {
  const wanted = textsOf(command["Identifiers"]);
  return [...parts.state.managedApps].filter(([identifier]) => wanted.length === 0 || wanted.includes(identifier));
};

export const applicationAnswers: Answers = {
  InstalledApplicationList: ({ parts, command }) => {
    const [wanted, items] = [textsOf(command["Identifiers"]), textsOf(command["Items"])];
    const onlyManaged = command["ManagedAppsOnly"] === true || parts.state.userEnrollment;
    const apps = [...parts.state.apps.values()].filter(
      ({ identifier, managed }) => (wanted.length === 0 || wanted.includes(identifier)) && (!onlyManaged || managed),
    );
    return { InstalledApplicationList: apps.map((app) => onlyItems(listItem(app), items)) };
  },

  InstallApplication: (context) => {
    const { command } = context;
    const store = command["iTunesStoreID"];
    const identifier = textOf(command["Identifier"]);
    const manifest = textOf(command["ManifestURL"]);
    if (typeof store === "number") return install(context, `com.example.store.id${store}`, "store");
    if (identifier !== undefined) return install(context, identifier, "store");
    if (manifest === undefined) throw new CommandMalformed("iTunesStoreID, Identifier or ManifestURL is needed");
    if (!manifest.startsWith("https://")) throw rejection("the manifest's address is not https");
    return install(
      context,
      `com.example.${new URL(manifest).pathname.replace(/[^a-z0-9]+/gi, ".").replace(/^\.|\.$/g, "")}`,
      "enterprise",
    );
  },

  InstallEnterpriseApplication: (context) => {
    const { ManifestURL, Manifest } = context.command;
    const manifest = textOf(ManifestURL);
    if (manifest === undefined && Manifest === undefined)
      throw new CommandMalformed("Manifest or ManifestURL is needed");
    const [item] = Array.isArray(plistOf(Manifest)["items"]) ? (plistOf(Manifest)["items"] as Plist[]) : [];
    const bundle = textOf(plistOf(item?.["metadata"])["bundle-identifier"]);
    install(context, bundle ?? "com.example.package", "enterprise");
    return {};
  },

  ManagedApplicationList: (context) => ({
    ManagedApplicationList: Object.fromEntries(
      managedOf(context).map(([identifier, app]) => [identifier, managedItem(app)]),
    ),
  }),

  ManagedApplicationConfiguration: (context) => ({
    ApplicationConfigurations: managedOf(context).map(([Identifier, { configuration }]) => ({
      Identifier,
      Configuration: configuration,
    })),
  }),

  ManagedApplicationAttributes: (context) => ({
    ApplicationAttributes: managedOf(context).map(([Identifier, { attributes }]) => ({
      Identifier,
      Attributes: attributes,
    })),
  }),

  ManagedApplicationFeedback: (context) => ({
    ManagedApplicationFeedback: managedOf(context).map(([Identifier]) => ({ Identifier })),
  }),

  RemoveApplication: (context) => {
    const identifier = neededText(context, "Identifier");
    const { state, ledger } = context.parts;
    if (!state.managedApps.delete(identifier))
      throw new CommandFailed(mdmError(12028, `app ${identifier} is not managed`));
    state.apps.delete(identifier);
    ledger.add({ kind: "application", action: "removed", identifier });
    return {};
  },

  ApplyRedemptionCode: (context) => ({ Identifier: neededText(context, "Identifier"), State: "Redeeming" }),

  ValidateApplications: () => ({}),
};
