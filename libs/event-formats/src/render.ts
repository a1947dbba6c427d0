import { cefEvent } from "./cef.ts";
import { cloudEvent } from "./cloudevents.ts";
import { ecsEvent } from "./ecs/ecs.ts";
import { ocsfEvent } from "./ocsf/ocsf.ts";
import type { ToldEvent } from "./told-event.ts";

const RENDERERS = {
  cloudevents: cloudEvent,
  ocsf: ocsfEvent,
  ecs: ecsEvent,
  cef: cefEvent,
} as const satisfies Record<string, (event: ToldEvent) => string>;

export type EventFormat = keyof typeof RENDERERS;

/** Every format there is, by the name a caller asks for it. */
export const EVENT_FORMATS = Object.keys(RENDERERS) as readonly EventFormat[];

/** One event in a format, as one line of text. */
export const render = (format: EventFormat, event: ToldEvent): string => RENDERERS[format](event);
