import { createHash } from "node:crypto";
import { type Leaves, leavesOf } from "./field-changes.ts";
import type { JsonObject, Kind, Resource } from "./kind.ts";
import { withNames } from "./references.ts";
import type { Shape } from "./shape.ts";

/** What there is, as far as it was read. */
export class Live {
  readonly #resources = new Map<string, Map<string, Resource[]>>();
  readonly #names = new Map<string, string>();

  add(kind: Kind, resources: readonly Resource[]): void {
    this.#resources.set(kind.kind, new Map());
    for (const resource of resources) this.put(kind.kind, resource);
  }

  /** Adds a thing, or what it has become. */
  put(kind: string, resource: Resource): void {
    const byName = this.#resources.get(kind) ?? new Map<string, Resource[]>();
    const others = this.named(kind, resource.name).filter(({ id }) => id !== resource.id);
    byName.set(resource.name, [...others, resource]);
    this.#resources.set(kind, byName);
    this.#names.set(`${kind}/${resource.id}`, resource.name);
  }

  drop(kind: string, name: string): void {
    this.#resources.get(kind)?.delete(name);
  }

  of(kind: string): readonly Resource[] {
    return [...(this.#resources.get(kind)?.values() ?? [])].flat();
  }

  /** All of the name; most kinds have one at most. */
  named(kind: string, name: string): readonly Resource[] {
    return this.#resources.get(kind)?.get(name) ?? [];
  }

  readonly nameOf = (kind: string, id: string): string | undefined => this.#names.get(`${kind}/${id}`);

  /** What a thing says in the fields that people decide, with names for ids. */
  leaves(kind: Kind, shape: Shape, json: JsonObject, nameOf = this.nameOf): Leaves {
    const leaves = new Map(leavesOf(shape, withNames(kind, json, nameOf)));
    for (const path of leaves.keys()) if (isOnlyNew(kind, path)) leaves.delete(path);
    return leaves;
  }

  /** A digest of a thing that is another one as soon as the thing is; of nothing when there is none. */
  digest(kind: Kind, shape: Shape, name: string): string {
    const hash = createHash("sha256");
    for (const resource of this.named(kind.kind, name)) {
      const evidence = (kind.evidence ?? []).map((field) => resource.json[field] ?? null);
      hash.update(
        JSON.stringify([
          resource.id,
          resource.revision,
          [...this.leaves(kind, shape, resource.json)].toSorted(byPath),
          evidence,
        ]),
      );
    }
    return hash.digest("base64url");
  }
}

/** Whether a field matters only when a thing is made. */
export const isOnlyNew = (kind: Kind, path: string): boolean =>
  (kind.onlyNew ?? []).some((field) => path === field || path.startsWith(`${field}.`));

const byPath = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number =>
  one < other ? -1 : 1;
