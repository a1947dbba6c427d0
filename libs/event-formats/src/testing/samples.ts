import type { EventType } from "@muster/contracts/event";
import { COMMAND_SAMPLES } from "./samples/command-samples.ts";
import { ENROLLMENT_SAMPLES } from "./samples/enrollment-samples.ts";
import { GATEWAY_SAMPLES } from "./samples/gateway-samples.ts";
import { INVENTORY_SAMPLES } from "./samples/inventory-samples.ts";
import { NOTIFICATION_SAMPLES } from "./samples/notification-samples.ts";
import { POLICY_SAMPLES } from "./samples/policy-samples.ts";
import type { Sample } from "./samples/sample.ts";

/** One event of every type there is. */
export const SAMPLES: Readonly<Record<EventType, Sample>> = {
  ...COMMAND_SAMPLES,
  ...ENROLLMENT_SAMPLES,
  ...GATEWAY_SAMPLES,
  ...INVENTORY_SAMPLES,
  ...NOTIFICATION_SAMPLES,
  ...POLICY_SAMPLES,
};
