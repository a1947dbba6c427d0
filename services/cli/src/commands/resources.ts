import { BACKBONE_RESOURCES } from "./resources/backbone-resources.ts";
import { COMMAND_RESOURCES } from "./resources/command-resources.ts";
import { ENROLLMENT_RESOURCES } from "./resources/enrollment-resources.ts";
import { INVENTORY_RESOURCES } from "./resources/inventory-resources.ts";
import { NOTIFICATION_RESOURCES } from "./resources/notification-resources.ts";
import { PEOPLE_RESOURCES } from "./resources/people-resources.ts";
import { POLICY_RESOURCES } from "./resources/policy-resources.ts";
import type { Resources } from "./resources/resource.ts";

/** What `muster get` lists. */
export const RESOURCES: Resources = {
  ...INVENTORY_RESOURCES,
  ...POLICY_RESOURCES,
  ...NOTIFICATION_RESOURCES,
  ...COMMAND_RESOURCES,
  ...BACKBONE_RESOURCES,
  ...PEOPLE_RESOURCES,
  ...ENROLLMENT_RESOURCES,
};
