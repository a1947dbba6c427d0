import { type Device, withApple } from "../device.ts";

interface Description {
  readonly osVersion: string;
  readonly supervised: boolean;
  readonly awaitingConfiguration: boolean;
}

/** The device with what it says of itself now; the same device when that was known. */
export function withDescription(device: Device, told: Description): Device {
  const { apple } = device;
  if (apple === undefined) return device;
  const { awaitingConfiguration, osVersion, supervised } = told;
  const isKnown =
    apple.osVersion === osVersion &&
    apple.supervised === supervised &&
    apple.awaitingConfiguration === awaitingConfiguration;
  if (isKnown) return device;
  const known = { ...apple, osVersion, supervised, awaitingConfiguration };
  return { ...withApple(device, known), version: device.version + 1 };
}
