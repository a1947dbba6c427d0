import type { JsonObject, Kind, Resource } from "../../domain/desired-state/kind.ts";
import type { Shape } from "../../domain/desired-state/shape.ts";
import type { Principal } from "../../domain/principal.ts";

export type Act = "list" | "create" | "update" | "remove" | "content";

/** A thing as it was seen; without a revision, whatever it is by now. */
export type Seen = Pick<Resource, "id" | "revision">;

/** The things of all kinds, kept by the services that own them. Refuses as they refuse. */
export interface ResourceKeepers {
  shape(kind: Kind): Shape;
  /** The right that an act on things of a kind needs. */
  rightFor(kind: Kind, act: Act): string;
  /** As much of a thing as may be recorded: without its secrets. */
  recorded(kind: Kind, json: JsonObject): JsonObject;
  /** All that there are; of a kind that has exactly one, that one. */
  list(kind: Kind, principal: Principal): Promise<Resource[]>;
  /** One with the content that lists leave out. */
  withContent(kind: Kind, resource: Resource, principal: Principal): Promise<Resource>;
  /** A thing as it would be kept in place of the one with the id, or as a new one when it is empty. */
  check(kind: Kind, id: string, json: JsonObject, principal: Principal): Promise<JsonObject>;
  create(kind: Kind, json: JsonObject, principal: Principal): Promise<Resource>;
  /** Changes a thing as it was seen: refused with revision.changed when somebody changed it since. */
  update(kind: Kind, seen: Seen, json: JsonObject, principal: Principal): Promise<Resource>;
  remove(kind: Kind, seen: Seen, principal: Principal): Promise<void>;
}
