import type { AbmDevice } from "./abm-device.ts";

/** Gives a profile to the devices that have everything it names. What is empty is not looked at. */
export interface AssignmentRule {
  /** Empty leaves them without one. */
  readonly profileId: string;
  readonly serialPrefix: string;
  /** A part of the model's name. */
  readonly model: string;
  readonly deviceFamily: string;
  /** A part of the description. */
  readonly description: string;
  readonly assetTag: string;
}

type Described = Pick<AbmDevice, "serialNumber" | "model" | "deviceFamily" | "description" | "assetTag">;

const has = (text: string, part: string): boolean => text.toLowerCase().includes(part.toLowerCase());
const is = (text: string, wanted: string): boolean => text.toLowerCase() === wanted.toLowerCase();

export const namesNothing = (rule: AssignmentRule): boolean =>
  rule.serialPrefix + rule.model + rule.deviceFamily + rule.description + rule.assetTag === "";

function fits(rule: AssignmentRule, device: Described): boolean {
  if (namesNothing(rule)) return false;
  return (
    (rule.serialPrefix === "" || device.serialNumber.toUpperCase().startsWith(rule.serialPrefix.toUpperCase())) &&
    (rule.model === "" || has(device.model, rule.model)) &&
    (rule.deviceFamily === "" || is(device.deviceFamily, rule.deviceFamily)) &&
    (rule.description === "" || has(device.description, rule.description)) &&
    (rule.assetTag === "" || is(device.assetTag, rule.assetTag))
  );
}

/** The profile that the rules give a device: the first that fits decides, else the default. */
export function profileByRules(
  device: Described,
  rules: readonly AssignmentRule[],
  defaultProfileId: string | undefined,
): string | undefined {
  const rule = rules.find((each) => fits(each, device));
  if (rule === undefined) return defaultProfileId;
  return rule.profileId === "" ? undefined : rule.profileId;
}
