import { decodeEvent, type EventType, isEventType } from "@muster/contracts/event";
import { type Gist, gistOf } from "../gist/gist.ts";
import type { ToldEvent } from "../told-event.ts";
import { traceIdOf } from "../trace-id.ts";
import { BaseEvent, OCSF_VERSION } from "./classes.ts";
import type { Mapping, Telling } from "./mapping.ts";
import { MAPPINGS } from "./mappings.ts";
import { deviceOf, userOf } from "./objects.ts";
import { unmappedOf } from "./unmapped.ts";

const SEVERITY: Readonly<Record<Gist["severity"], { readonly severity_id: number; readonly severity: string }>> = {
  informational: { severity_id: 1, severity: "Informational" },
  low: { severity_id: 2, severity: "Low" },
  medium: { severity_id: 3, severity: "Medium" },
  high: { severity_id: 4, severity: "High" },
  critical: { severity_id: 5, severity: "Critical" },
};

const STATUS = {
  success: { status_id: 1, status: "Success" },
  failure: { status_id: 2, status: "Failure" },
  unknown: { status_id: 0, status: "Unknown" },
} as const;

/** An event of the Open Cybersecurity Schema Framework in JSON. What the schema has no place for is under `unmapped`. */
export function ocsfEvent(event: ToldEvent): string {
  const { message, outcome, severity } = gistOf(event);
  const { attributes, kind, unmapped } = told(event);
  const device = deviceOf(event);
  // Who did it and on which device belongs to the profile "host", policies and what was allowed to "security_control".
  const isControlled = "policy" in attributes || "action_id" in attributes;
  return JSON.stringify({
    metadata: {
      version: OCSF_VERSION,
      product: { name: "Muster", vendor_name: "Muster", feature: { name: event.type.split(".")[1] } },
      profiles: isControlled ? ["host", "security_control"] : ["host"],
      uid: event.id,
      event_code: event.type,
      log_name: event.source,
      tenant_uid: event.tenant,
      ...(event.traceparent !== "" && { correlation_uid: traceIdOf(event.traceparent) }),
      ...(event.position !== undefined && { sequence: sequenceOf(event.position) }),
    },
    time: event.time.getTime(),
    ...kind,
    ...SEVERITY[severity],
    ...STATUS[outcome],
    message,
    ...(event.actor !== "" && { actor: { user: userOf(event.actor) } }),
    ...(device !== undefined && { device }),
    ...attributes,
    unmapped: { ...unmapped, ...(event.position !== undefined && { position: event.position }) },
  });
}

// A newer release may publish what this one does not know, while both run.
const told = (event: ToldEvent): Telling & { readonly unmapped: object } =>
  isEventType(event.type)
    ? tellAs(MAPPINGS[event.type] as Mapping<EventType>, event.type, event)
    : { kind: BaseEvent.Other, attributes: {}, unmapped: unmappedOf(event.data, []) };

function tellAs<T extends EventType>({ mapped, tell }: Mapping<T>, type: T, event: ToldEvent) {
  return { ...tell(decodeEvent(type, event.data), event), unmapped: unmappedOf(event.data, mapped) };
}

/** The order in which events were recorded: the second half of a position, below 2^53 for longer than anybody lives. */
const sequenceOf = (position: string): number => Number(position.split(".").at(-1));
