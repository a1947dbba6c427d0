import { decodeEvent, type EventData, type EventService, type EventType, isEventType } from "@muster/contracts/event";
import type { ToldEvent } from "../told-event.ts";
import { command } from "./command.ts";
import { enrollment } from "./enrollment.ts";
import { gateway } from "./gateway.ts";
import { inventory } from "./inventory.ts";
import { notification } from "./notification.ts";
import { policy } from "./policy.ts";

/** How much an event asks for attention by itself, without knowing what else happened. */
export type GistSeverity = "informational" | "low" | "medium" | "high" | "critical";

/** What an event comes down to, in no format's words. */
export interface Gist {
  /** One sentence for people. */
  readonly message: string;
  readonly severity: GistSeverity;
  /** Whether what the event tells of succeeded; unknown while it has not ended, or where there is no such thing. */
  readonly outcome: "success" | "failure" | "unknown";
  /** The network address it came from. */
  readonly address?: string;
  /** The policy it comes from. */
  readonly policy?: { readonly id: string; readonly name: string };
}

export type EventsOf<S extends EventService> = Extract<EventType, `muster.${S}.${string}`>;

/** Says of each event of a service what it comes down to. */
export type GistsOf<S extends EventService> = {
  readonly [T in EventsOf<S>]: (data: EventData<T>, event: ToldEvent) => Gist;
};

const GISTS: GistsOf<EventService> = {
  ...enrollment,
  ...command,
  ...inventory,
  ...policy,
  ...notification,
  ...gateway,
};

export function gistOf(event: ToldEvent): Gist {
  if (!isEventType(event.type)) return { message: event.type, severity: "informational", outcome: "unknown" };
  return gistOfKnown(event.type, event);
}

const gistOfKnown = <T extends EventType>(type: T, event: ToldEvent): Gist =>
  (GISTS[type] as (data: EventData<T>, event: ToldEvent) => Gist)(decodeEvent(type, event.data), event);
