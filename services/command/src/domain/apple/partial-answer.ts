import type { AppleWork } from "./apple-work.ts";

/** Parameters that make a list one of some things only. */
const NARROWING = /[&](Identifiers|Items)=/;
/** These narrow the list too, save on a person's own device, which tells nothing else. */
const MANAGED_ONLY = /[&](ManagedAppsOnly|ManagedOnly)=true/;

/** Whether the answer to a question stands only for what was asked by name, and not for everything there is. */
export const isPartial = ({ supersedeKey }: AppleWork, personal: boolean): boolean =>
  // A question that was given as a property list has no key: what it asks for is not looked into.
  supersedeKey === "" || NARROWING.test(supersedeKey) || (!personal && MANAGED_ONLY.test(supersedeKey));
