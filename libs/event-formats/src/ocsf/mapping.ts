import type { EventData, EventService, EventType } from "@muster/contracts/event";
import type { EventsOf } from "../gist/gist.ts";
import type { ToldEvent } from "../told-event.ts";
import type { OcsfType } from "./classes.ts";

type FieldsIn<V> = V extends Date | readonly unknown[] ? never : V extends object ? keyof V & string : never;

/** A field of an event, or a field of a message in it, by its JSON name. */
type Path<D> = { [K in keyof D & string]: K | `${K}.${FieldsIn<NonNullable<D[K]>>}` }[keyof D & string];

/** How one type of event is told in OCSF. */
export interface Mapping<T extends EventType> {
  /** Every kind that an event of this type may be; the documentation lists them. */
  readonly kinds: readonly OcsfType[];
  /** The fields whose values stand among the attributes. All others are told under `unmapped`: none is lost. */
  readonly mapped: readonly Path<EventData<T>>[];
  readonly tell: (data: EventData<T>, event: ToldEvent) => Telling;
}

export interface Telling {
  readonly kind: OcsfType;
  /** The attributes of the kind's class, beside those that every event has. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

export type MappingsOf<S extends EventService> = { readonly [T in EventsOf<S>]: Mapping<T> };
