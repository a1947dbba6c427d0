/** What decides which commands a device takes. */
export interface Reach {
  readonly platform: string;
  readonly ownership: string;
  /** The generation of its keys by the way it came: agent, orbit, osquery, apple. */
  readonly generations: Readonly<Record<string, number>>;
  readonly apple?: { readonly supervised: boolean };
}

export type AppleFamily = "ios" | "macos" | "tvos" | "visionos" | "watchos";

/** Which of Apple's systems take a command, and where the device has to be supervised for it. */
interface AppleRule {
  readonly on: readonly AppleFamily[];
  readonly supervised?: readonly AppleFamily[];
  /** Where a person's own device may be asked too. */
  readonly personal?: readonly AppleFamily[];
}

const LOST: AppleRule = { on: ["ios"], supervised: ["ios"] };

const APPLE: Readonly<Record<string, AppleRule>> = {
  COMMAND_TYPE_LOCK: { on: ["ios", "macos", "visionos", "watchos"], personal: ["ios", "visionos", "watchos"] },
  COMMAND_TYPE_WIPE: { on: ["ios", "macos", "tvos", "visionos", "watchos"] },
  COMMAND_TYPE_CLEAR_PASSCODE: { on: ["ios", "visionos", "watchos"] },
  COMMAND_TYPE_RESTART: { on: ["ios", "macos", "tvos"], supervised: ["ios", "tvos"] },
  COMMAND_TYPE_SHUTDOWN: { on: ["ios", "macos"], supervised: ["ios"] },
  COMMAND_TYPE_ENABLE_LOST_MODE: LOST,
  COMMAND_TYPE_DISABLE_LOST_MODE: LOST,
  COMMAND_TYPE_LOCATE: LOST,
  PlayLostModeSound: LOST,
  DeviceName: { on: ["ios", "macos", "tvos"], supervised: ["ios", "tvos"] },
};

const AGENT: ReadonlySet<string> = new Set(["COMMAND_TYPE_RESTART", "COMMAND_TYPE_SHUTDOWN"]);

const FAMILIES: Readonly<Record<string, AppleFamily>> = {
  PLATFORM_IOS: "ios",
  PLATFORM_IPADOS: "ios",
  PLATFORM_MACOS: "macos",
  PLATFORM_TVOS: "tvos",
  PLATFORM_VISIONOS: "visionos",
  PLATFORM_WATCHOS: "watchos",
};

/** The system that Apple's rules speak of; nothing on others. An iPad's rules are an iPhone's. */
export const familyOf = ({ platform }: Pick<Reach, "platform">): AppleFamily | undefined => FAMILIES[platform];

/** Whether a device takes a command at all; the platform knows more, such as versions, and has the last word. */
export function takes(command: string, reach: Reach): boolean {
  const personal = reach.ownership === "OWNERSHIP_PERSONAL";
  const came = (way: string): boolean => (reach.generations[way] ?? 0) > 0;
  if (came("agent") && AGENT.has(command) && !personal) return true;
  const rule = APPLE[command];
  const family = familyOf(reach);
  if (!came("apple") || rule === undefined || family === undefined || !rule.on.includes(family)) return false;
  if (personal) return rule.personal?.includes(family) === true;
  return rule.supervised?.includes(family) !== true || reach.apple?.supervised === true;
}

/** Whether a script can be run on a device; on a person's own only one that is saved. */
export const runsScripts = ({ generations }: Reach): boolean =>
  (generations["agent"] ?? 0) > 0 || (generations["orbit"] ?? 0) > 0;
