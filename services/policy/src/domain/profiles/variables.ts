import { isDict, type PlistDict, type PlistValue } from "@muster/apple-protocol/plist/value";

/** What a variable may stand for on one channel of one device. */
export interface Holder {
  readonly deviceId: string;
  readonly displayName: string;
  /** Whether the device is its owner's: what is not collected of it is not filled in either. */
  readonly personal: boolean;
  readonly udid: string;
  readonly serialNumber: string;
  readonly hardwareModel: string;
  readonly managedAccount: string;
  /** The user of the channel; nothing on the device's own. */
  readonly user: { readonly userId: string; readonly shortName: string; readonly longName: string } | undefined;
}

interface Variable {
  readonly value: (holder: Holder) => string;
  /** Whether it would tell of a person's own device what is not collected of it. */
  readonly personal: "known" | "private";
}

/** Every variable, without the dollar sign. */
export const VARIABLES: Readonly<Record<string, Variable>> = {
  MUSTER_DEVICE_ID: { value: ({ deviceId }) => deviceId, personal: "known" },
  MUSTER_HARDWARE_MODEL: { value: ({ hardwareModel }) => hardwareModel, personal: "known" },
  MUSTER_DEVICE_NAME: { value: ({ displayName }) => displayName, personal: "private" },
  MUSTER_SERIAL_NUMBER: { value: ({ serialNumber }) => serialNumber, personal: "private" },
  MUSTER_UDID: { value: ({ udid }) => udid, personal: "private" },
  MUSTER_USER_NAME: { value: ({ user }) => user?.shortName ?? "", personal: "private" },
  MUSTER_USER_FULL_NAME: { value: ({ user }) => user?.longName ?? "", personal: "private" },
  // An account of the organisation, whosever the device is.
  MUSTER_USER_EMAIL: { value: ({ managedAccount }) => managedAccount, personal: "known" },
};

const NAME = /\$(MUSTER_[A-Z0-9_]+)/g;

/** The names of variables in a text, without the dollar sign. */
export const namesIn = (text: string): string[] => [...text.matchAll(NAME)].map((match) => match[1] ?? "");

/** Why a variable has no value on a device. */
interface Unfilled {
  readonly variable: string;
  readonly why: "private" | "unknown";
}

/**
 * Fills the variables in all texts of a property list; its keys, and everything that is no text, stay as they are. What is
 * filled in is a value: it can never become markup or another key.
 */
export function fillVariables(
  profile: PlistDict,
  holder: Holder,
): { readonly profile: PlistDict } | { readonly unfilled: Unfilled } {
  let unfilled: Unfilled | undefined;
  const valueOf = (name: string): string => {
    const variable = VARIABLES[name];
    const isPrivate = holder.personal && variable?.personal === "private";
    const value = isPrivate ? "" : (variable?.value(holder) ?? "");
    if (value === "") unfilled ??= { variable: name, why: isPrivate ? "private" : "unknown" };
    return value;
  };
  const fill = (value: PlistValue): PlistValue => {
    if (typeof value === "string") return value.replaceAll(NAME, (_, name: string) => valueOf(name));
    if (Array.isArray(value)) return value.map(fill);
    return isDict(value) ? fillDict(value) : value;
  };
  const fillDict = (dict: PlistDict): PlistDict =>
    Object.fromEntries(Object.entries(dict).map(([key, value]) => [key, fill(value)]));
  const filled = fillDict(profile);
  return unfilled === undefined ? { profile: filled } : { unfilled };
}
