import { refuse } from "./refusals.ts";

export const ROLES = ["admin", "operator", "auditor", "viewer"] as const;

export type Role = (typeof ROLES)[number];

// Looks at the fleet. What scripts print, files hold and people did is more than looking.
const VIEWER = [
  "self.read",
  "device.read",
  "label.read",
  "policy.read",
  "profile.read",
  "declaration.read",
  "enrollment.read",
  "query.read",
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
  "user.read",
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
    "enrollment.import",
    "enrollment.disown",
    "user.write",
    "tenant.write",
    "parked.write",
    "push.write",
    "secret.reveal",
  ]),
] as const;

/** What each role may do; the names are the `action` of the methods in the protos. */
export const ACTIONS: Readonly<Record<Role, readonly string[]>> = {
  admin: ADMIN,
  operator: OPERATOR,
  auditor: AUDITOR,
  viewer: VIEWER,
};

export const mayDo = (role: Role, action: string): boolean => ACTIONS[role].includes(action);

/** Whether one role may do all that another may. */
export const covers = (role: Role, other: Role): boolean => ACTIONS[other].every((action) => mayDo(role, action));

export function roleOf(text: string): Role {
  const role = ROLES.find((each) => each === text);
  if (role === undefined) throw refuse("identity.unknown_role", `role "${text}" is not one of ${ROLES.join(", ")}`);
  return role;
}
