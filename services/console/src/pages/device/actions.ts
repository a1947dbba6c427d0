import { Eraser, Lock, type LucideIcon, Power, RotateCw, Unplug } from "lucide-react";

export interface DeviceAction {
  readonly text: string;
  readonly icon: LucideIcon;
  /** What happens to the device then. */
  readonly consequence: string;
  /** The command it sends; the one that ends management is no command. */
  readonly type?: string;
  readonly unenrolls?: true;
  /** What cannot be taken back has to be confirmed by writing the device's name. */
  readonly destroys?: true;
}

export const ACTIONS: readonly DeviceAction[] = [
  {
    text: "Restart",
    icon: RotateCw,
    type: "COMMAND_TYPE_RESTART",
    consequence: "It restarts at its next contact. What is not saved there may be lost.",
  },
  {
    text: "Shut down",
    icon: Power,
    type: "COMMAND_TYPE_SHUTDOWN",
    consequence: "It shuts down at its next contact, and somebody has to start it by hand.",
  },
  {
    text: "Lock",
    icon: Lock,
    type: "COMMAND_TYPE_LOCK",
    consequence: "It locks at its next contact. A Mac asks for a PIN afterwards, which is kept under Secrets.",
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
    type: "COMMAND_TYPE_WIPE",
    destroys: true,
    consequence: "Everything on it is erased at its next contact. Nothing brings it back.",
  },
];
