import type { CommandType } from "../domain/command.ts";
import type { DeviceKind } from "../storage/device-kinds.ts";
import { planKind, type Wanted } from "./ask-devices.ts";

export interface OwnerRule {
  /** In plain words, for the person who holds the device. */
  readonly says: string;
  readonly allowed: boolean;
  /** What comes back may say anything of what is on the device. */
  readonly reveals: boolean;
}

const order = (type: CommandType, script?: Partial<Wanted["script"]>, requestType = ""): Wanted => ({
  type,
  script: script && { content: "", scriptId: "", timeoutSeconds: 0, ...script },
  apple: type === "apple" ? { requestType, parameters: {}, userId: "", rawPlist: "" } : undefined,
  lock: undefined,
  wipe: undefined,
  lostMode: undefined,
});

/** What a device may be told to do, in the words of its owner's page; each is held against what decides on commands. */
export const TOLD: readonly (Pick<OwnerRule, "says"> & { readonly order: Wanted })[] = [
  { says: "Answer all its questions again now", order: order("refetch") },
  { says: "Run a script that your organisation keeps on file", order: order("run_script", { scriptId: "kept" }) },
  { says: "Run a script that somebody wrote just now", order: order("run_script", { content: "new" }) },
  { says: "Take on settings of your organisation", order: order("apple", undefined, "InstallProfile") },
  { says: "Install applications of your organisation", order: order("apple", undefined, "InstallApplication") },
  {
    says: "Remove applications that your organisation installed",
    order: order("apple", undefined, "RemoveApplication"),
  },
  { says: "Restart", order: order("restart") },
  { says: "Switch itself off", order: order("shutdown") },
  { says: "Lock itself", order: order("lock") },
  { says: "Erase everything on it", order: order("wipe") },
  { says: "Remove its passcode", order: order("clear_passcode") },
  { says: "Lock itself as lost and show a message", order: order("enable_lost_mode") },
  { says: "Say where it is", order: order("locate") },
  { says: "Be managed no longer", order: order("unenroll") },
];

/** What this device may be told to do, and what not, as it would be decided now. */
export const ownerRules = (kind: Pick<DeviceKind, "apple" | "reach">): OwnerRule[] =>
  TOLD.map(({ order, says }) => ({
    says,
    allowed: !("refusal" in planKind(kind, order)),
    reveals: order.type === "run_script",
  }));
