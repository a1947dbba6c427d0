import {
  BellRing,
  Eraser,
  KeyRound,
  Lock,
  type LucideIcon,
  MapPin,
  MapPinned,
  MapPinOff,
  PenLine,
  Power,
  RotateCw,
  Unplug,
} from "lucide-react";
import type { Command } from "../../api/types.ts";
import type { AppleFamily } from "./reach.ts";
import type { Wish } from "./use-ask.ts";

export interface ActionField {
  readonly name: string;
  readonly label: string;
  readonly isRequired?: true;
  /** Something to decide, not to write. */
  readonly isSwitch?: true;
  /** Only these systems know it. */
  readonly on?: readonly AppleFamily[];
}

/** What was written in an action's fields; a switch that is on is "yes". */
export type Written = Readonly<Record<string, string>>;

export interface DeviceAction {
  readonly text: string;
  readonly icon: LucideIcon;
  /** What happens to the device then. */
  readonly consequence: string;
  /** What the device has to take for it to be offered; the one that ends management is no command. */
  readonly takes?: string;
  readonly fields?: readonly ActionField[];
  /** The command that it sends. */
  readonly command?: (written: Written) => Wish;
  readonly unenrolls?: true;
  /** What cannot be taken back has to be confirmed by writing the device's name. */
  readonly destroys?: true;
}

const MESSAGE: readonly ActionField[] = [
  { name: "message", label: "Message on its screen" },
  { name: "phoneNumber", label: "Phone number to call" },
];

type CommandType = Command["type"];

/** A command of one of the types that need nothing else said. */
const plain = (type: CommandType) => ({ takes: type, command: () => ({ type }) });

const apple = (requestType: string, parameters: Readonly<Record<string, unknown>>): Wish => ({
  type: "COMMAND_TYPE_APPLE",
  apple: { requestType, parameters },
});

export const ACTIONS: readonly DeviceAction[] = [
  {
    text: "Restart",
    icon: RotateCw,
    ...plain("COMMAND_TYPE_RESTART"),
    consequence: "It restarts at its next contact. What is not saved there may be lost.",
  },
  {
    text: "Shut down",
    icon: Power,
    ...plain("COMMAND_TYPE_SHUTDOWN"),
    consequence: "It shuts down at its next contact, and somebody has to start it by hand.",
  },
  {
    text: "Rename",
    icon: PenLine,
    takes: "DeviceName",
    fields: [{ name: "name", label: "New name", isRequired: true }],
    command: ({ name = "" }) => apple("Settings", { Settings: [{ Item: "DeviceName", DeviceName: name }] }),
    consequence: "It has the new name once it took it; here it is shown after its next answer.",
  },
  {
    text: "Lock",
    icon: Lock,
    takes: "COMMAND_TYPE_LOCK",
    fields: MESSAGE,
    command: (lock) => ({ type: "COMMAND_TYPE_LOCK", lock }),
    consequence: "It locks at its next contact. A Mac asks for a PIN afterwards, which is kept under Secrets.",
  },
  {
    text: "Clear passcode",
    icon: KeyRound,
    ...plain("COMMAND_TYPE_CLEAR_PASSCODE"),
    consequence: "Its passcode is gone, and whoever holds it can use it until a new one is set.",
  },
  {
    text: "Turn on lost mode",
    icon: MapPinned,
    takes: "COMMAND_TYPE_ENABLE_LOST_MODE",
    fields: [
      { name: "message", label: "Message on its screen", isRequired: true },
      { name: "phoneNumber", label: "Phone number to call" },
      { name: "footnote", label: "Footnote" },
    ],
    command: (lostMode) => ({ type: "COMMAND_TYPE_ENABLE_LOST_MODE", lostMode }),
    consequence: "It locks, shows the message, and can be located until lost mode is turned off.",
  },
  {
    text: "Turn off lost mode",
    icon: MapPinOff,
    ...plain("COMMAND_TYPE_DISABLE_LOST_MODE"),
    consequence: "Its user can use it again, and is told if it was located.",
  },
  {
    text: "Locate",
    icon: MapPin,
    ...plain("COMMAND_TYPE_LOCATE"),
    consequence: "It says where it is, if it is in lost mode; the answer is under Commands.",
  },
  {
    text: "Play a sound",
    icon: BellRing,
    takes: "PlayLostModeSound",
    command: () => apple("PlayLostModeSound", {}),
    consequence: "It plays a sound, if it is in lost mode, until somebody stops it there.",
  },
  {
    text: "Unenroll",
    icon: Unplug,
    unenrolls: true,
    destroys: true,
    consequence: "It is no longer managed: its keys are refused from now on, and it has to enroll anew to come back.",
  },
  {
    text: "Wipe",
    icon: Eraser,
    takes: "COMMAND_TYPE_WIPE",
    fields: [
      { name: "preserveDataPlan", label: "Keep its mobile data plan", isSwitch: true, on: ["ios"] },
      { name: "returnToService", label: "Set it up again by itself", isSwitch: true, on: ["ios", "tvos", "visionos"] },
    ],
    command: ({ preserveDataPlan, returnToService }) => ({
      type: "COMMAND_TYPE_WIPE",
      wipe: { preserveDataPlan: preserveDataPlan === "yes", returnToService: returnToService === "yes" },
    }),
    destroys: true,
    consequence: "Everything on it is erased at its next contact. Nothing brings it back.",
  },
];
