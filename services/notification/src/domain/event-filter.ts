import type { EventService } from "@muster/contracts/event";
import { refuse } from "./refusals.ts";
import { likePatternOf } from "./type-pattern.ts";

/** Which events are wanted: those that each list names or leaves empty. */
export interface EventFilter {
  /** LIKE patterns. */
  readonly typePatterns: readonly string[];
  /** LIKE patterns, one for each service. */
  readonly servicePatterns: readonly string[];
  readonly labelIds: readonly string[];
  readonly deviceIds: readonly string[];
  readonly since?: Date;
}

/** What a request may say of the events it wants. */
export interface AskedFilter {
  readonly types: readonly string[];
  readonly services: readonly string[];
  readonly labelIds: readonly string[];
  readonly deviceIds: readonly string[];
  /** One more device; empty for none. */
  readonly deviceId?: string;
  readonly since?: Date | undefined;
}

const SERVICES: Readonly<Record<EventService, string>> = {
  enrollment: "muster.enrollment.%",
  command: "muster.command.%",
  inventory: "muster.inventory.%",
  policy: "muster.policy.%",
  notification: "muster.notification.%",
  gateway: "muster.gateway.%",
};

/** Refuses what no event could ever match. */
export function eventFilterOf({
  types,
  services,
  labelIds,
  deviceIds,
  deviceId = "",
  since,
}: AskedFilter): EventFilter {
  return {
    typePatterns: types.map(likePatternOf),
    servicePatterns: services.map(servicePatternOf),
    labelIds,
    deviceIds: deviceId === "" ? deviceIds : [...deviceIds, deviceId],
    ...(since !== undefined && { since }),
  };
}

function servicePatternOf(service: string): string {
  if (Object.hasOwn(SERVICES, service)) return SERVICES[service as EventService];
  const known = Object.keys(SERVICES).join(", ");
  throw refuse("activity.bad_service", `"${service}" is no service that tells events; these are ${known}`);
}
