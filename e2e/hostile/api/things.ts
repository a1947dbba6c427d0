import type { Operation } from "./document.ts";
import { A_THING } from "./right-values.ts";

/** An id as the platform makes them, which nothing has. */
export const NOBODY = "0199a3f0-0000-7000-8000-00000000dead";

/** The ids of what there is, by the path of its list. What was made here goes before what was there. */
export class Things {
  readonly #made = new Map<string, string[]>();
  readonly #found = new Map<string, readonly string[]>();

  /** Takes up what was made: the answer itself, or what stands in its lists. */
  made(kind: string, answer: unknown): void {
    const ids = namesIn([answer, ...listedIn(answer)]);
    if (ids.length > 0) this.#made.set(kind, [...(this.#made.get(kind) ?? []), ...ids]);
  }

  found(kind: string, list: unknown): void {
    const ids = namesIn(listedIn(list));
    if (ids.length > 0) this.#found.set(kind, ids);
  }

  /** What was made last of a kind. */
  newest(kind: string): string | undefined {
    return this.#made.get(kind)?.at(-1);
  }

  /** The newest, or one by its place; nobody's id when there is none. */
  idOf(kind: string, place = -1): string {
    const ids = this.#made.get(kind) ?? this.#found.get(kind) ?? [];
    return ids.at(place < 0 ? place : place % Math.max(ids.length, 1)) ?? NOBODY;
  }

  /** The path with ids of things that there are. */
  address({ path }: Operation, place: number): string {
    let address = path;
    for (const [part] of path.matchAll(/\{\w+\}/g)) {
      const kind = address.slice(0, address.indexOf(part) - 1);
      address = address.replace(part, () => encodeURIComponent(this.idOf(kind, place)));
    }
    return address;
  }

  /** A body in which each kind's name has become an id. */
  filled(body: unknown, place: number): unknown {
    const fill = (_name: string, value: unknown) =>
      typeof value === "string" && value.startsWith(`${A_THING}/`) ? this.idOf(value.slice(1), place) : value;
    return body === undefined ? undefined : (JSON.parse(JSON.stringify(body), fill) as unknown);
  }
}

/** What stands in the lists of an answer. */
export const listedIn = (answer: unknown): unknown[] =>
  Object.values(answer ?? {})
    .filter((each) => Array.isArray(each))
    .flat();

export const idIn = (thing: unknown): string | undefined => textIn(thing, ["id", "eventId", "deviceId"]);

/** What is known by no id is known by its name. */
const namesIn = (things: readonly unknown[]): string[] =>
  things.map((each) => idIn(each) ?? textIn(each, ["name"])).filter((each) => each !== undefined);

const textIn = (thing: unknown, fields: readonly string[]): string | undefined =>
  fields
    .map((field) => (thing as Record<string, unknown> | undefined)?.[field])
    .filter((value) => typeof value === "string")
    .find((text) => text !== "");
