import { listOf, type Plist, plistOf, textOf } from "../plist/plist-value.ts";
import { type Answers, type CommandContext, type CommandError, errorChain, mdmError } from "./command-answer.ts";

const VALUE_KEYS: Readonly<Record<string, string>> = {
  DataRoaming: "Enabled",
  VoiceRoaming: "Enabled",
  PersonalHotspot: "Enabled",
  Bluetooth: "Enabled",
  DiagnosticSubmission: "Enabled",
  AppAnalytics: "Enabled",
  TimeZone: "TimeZone",
  MaximumResidentUsers: "MaximumResidentUsers",
  PasscodeLockGracePeriod: "PasscodeLockGracePeriod",
  OrganizationInfo: "OrganizationInfo",
  MDMOptions: "MDMOptions",
  Wallpaper: "Image",
};
const WHOLE = new Set(["SharedDeviceConfiguration", "SoftwareUpdateSettings", "AccessibilitySettings"]);
const SUPERVISED = new Set(["Wallpaper", "DeviceName", "TimeZone", "AccessibilitySettings", "MDMOptions", "Bluetooth"]);

const application = ({ parts }: CommandContext, setting: Plist, key: "configuration" | "attributes") => {
  const identifier = textOf(setting["Identifier"]) ?? "";
  const app = parts.state.managedApps.get(identifier);
  if (app === undefined) return mdmError(12028, `app ${identifier} is not managed`);
  const value = setting[key === "configuration" ? "Configuration" : "Attributes"];
  parts.state.managedApps.set(identifier, { ...app, [key]: value === undefined ? undefined : plistOf(value) });
  return undefined;
};

/** @returns why the device does not set it. */
const set = (context: CommandContext, setting: Plist): CommandError | undefined => {
  const { state, hardware } = context.parts;
  const item = textOf(setting["Item"]) ?? "";
  if (hardware.kind !== "Mac" && !state.supervised && SUPERVISED.has(item))
    return mdmError(12007, `${item} is only set on a supervised device`);
  const key = VALUE_KEYS[item];
  if (key !== undefined) {
    const value = setting[key];
    if (value === undefined) return mdmError(12008, `${item} needs ${key}`);
    state.settings.set(item, value);
    return undefined;
  }
  switch (item) {
    case "DeviceName":
      state.deviceName = textOf(setting["DeviceName"]) ?? state.deviceName;
      return undefined;
    case "HostName":
      if (hardware.kind !== "Mac") return mdmError(12021, "only a Mac has a HostName");
      state.hostName = textOf(setting["HostName"]) ?? state.hostName;
      return undefined;
    case "ApplicationConfiguration":
      return application(context, setting, "configuration");
    case "ApplicationAttributes":
      return application(context, setting, "attributes");
    default:
      if (!WHOLE.has(item)) return mdmError(12021, `${item} is no setting`);
      state.settings.set(item, setting);
      return undefined;
  }
};

/** Each setting has a result of its own, in the order of the command. */
export const settingsAnswers: Answers = {
  Settings: (context) => ({
    Settings: listOf(context.command["Settings"])
      .map(plistOf)
      .map((setting): Plist => {
        const error = set(context, setting);
        const Item = setting["Item"];
        if (error === undefined) return { Item, Status: "Acknowledged" };
        return { Item, Status: "Error", ErrorChain: errorChain([error]) };
      }),
  }),
};
