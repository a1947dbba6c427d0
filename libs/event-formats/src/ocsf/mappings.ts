import type { EventService } from "@muster/contracts/event";
import { command } from "./command.ts";
import { enrollment } from "./enrollment.ts";
import { gateway } from "./gateway.ts";
import { inventory } from "./inventory.ts";
import type { MappingsOf } from "./mapping.ts";
import { notification } from "./notification.ts";
import { policy } from "./policy.ts";

/** How every event there is is told in OCSF; one that is missing does not compile. */
export const MAPPINGS: MappingsOf<EventService> = {
  ...enrollment,
  ...command,
  ...inventory,
  ...policy,
  ...notification,
  ...gateway,
};
