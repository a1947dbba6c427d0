import type { Principal } from "./principal.ts";
import { refuse } from "./refusals.ts";

export const ROLES = ["admin", "operator", "auditor", "viewer"] as const;

export type Role = (typeof ROLES)[number];

/** What everybody may, in every role: ask what they may do, and keep their own authenticator app. */
export const EVERYONES: readonly string[] = ["self.read", "self.write"];

// Looks at the fleet. What scripts print, files hold and people did is more than looking.
const VIEWER = [
  ...EVERYONES,
  "device.read",
  "label.read",
  "policy.read",
  "profile.read",
  "declaration.read",
  "enrollment.read",
  "query.read",
  "operation.read",
] as const;

// Sees everything, changes nothing.
const AUDITOR = [
  ...VIEWER,
  "activity.read",
  "audit.read",
  "command.read",
  "app_license.read",
  "campaign.read",
  "script.read",
  "osquery.read",
  "carve.read",
  "webhook.read",
  "sink.read",
  "signal.read",
  "subscriber.read",
  "account_sign_in.read",
  "apple_identity.read",
  "sign_in_provider.read",
  "user.read",
  "role.read",
  "token.read",
  "tenant.read",
  "desired_state.read",
  "push.read",
  "parked.read",
  "backbone.read",
  "secret.read",
] as const;

// Runs the fleet; who may sign in is not the operator's to decide.
const OPERATOR = [
  ...VIEWER,
  "activity.read",
  "command.read",
  "command.write",
  "app_license.read",
  "app_license.write",
  "campaign.read",
  "campaign.write",
  "script.read",
  "script.write",
  "device.refetch",
  "label.write",
  "query.run",
  "osquery.read",
  "osquery.write",
  "carve.read",
  "carve.write",
  "policy.write",
  "profile.write",
  "declaration.write",
  "webhook.read",
  "webhook.write",
  "sink.read",
  "sink.write",
  "signal.read",
  "signal.write",
  "subscriber.read",
  "subscriber.write",
  "enrollment.unenroll",
  "enrollment.renew",
  "enrollment.secrets",
  "enrollment.automated",
  "push.read",
  "token.read",
  "token.write",
  "secret.read",
  "desired_state.read",
  "desired_state.plan",
  "desired_state.write",
] as const;

// What opens a device's disk is shown to administrators only.
const ADMIN = [
  ...new Set([
    ...OPERATOR,
    ...AUDITOR,
    "campaign.approve",
    "account_sign_in.write",
    "apple_identity.write",
    "sign_in_provider.write",
    "enrollment.import",
    "enrollment.disown",
    "user.write",
    "role.write",
    "tenant.write",
    "parked.write",
    "push.write",
    "secret.reveal",
  ]),
] as const;

/** What each of Muster's own roles may do; the names are the `action` of the methods in the protos. */
export const ACTIONS: Readonly<Record<Role, readonly string[]>> = {
  admin: ADMIN,
  operator: OPERATOR,
  auditor: AUDITOR,
  viewer: VIEWER,
};

/** What each of them is for. */
export const DESCRIPTIONS: Readonly<Record<Role, string>> = {
  admin: "Does everything, and decides who may sign in.",
  operator: "Runs the fleet.",
  auditor: "Sees everything and changes nothing.",
  viewer: "Looks at the fleet.",
};

export const isBuiltIn = (name: string): name is Role => (ROLES as readonly string[]).includes(name);

/** Whether these rights hold all of the others. */
export const covers = (rights: readonly string[], others: readonly string[]): boolean =>
  others.every((action) => rights.includes(action));

/** Nobody gives, takes or shapes rights beyond their own. */
export function refuseBeyond({ actions, role }: Principal, rights: readonly string[], what: string): void {
  if (!covers(actions, rights)) throw refuse("identity.more_than_own_rights", `the role ${role} cannot ${what}`);
}
