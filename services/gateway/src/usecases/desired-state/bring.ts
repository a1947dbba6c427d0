import type { JsonObject, Kind, Resource } from "../../domain/desired-state/kind.ts";
import { kindNamed } from "../../domain/desired-state/kinds.ts";
import type { Live } from "../../domain/desired-state/live.ts";
import { withIds } from "../../domain/desired-state/references.ts";
import type { Step } from "../../domain/desired-state/step.ts";
import type { Principal } from "../../domain/principal.ts";
import type { ResourceKeepers } from "./ports.ts";
import { isGone, retried } from "./retried.ts";
import type { DoneStep } from "./tell-steps.ts";

export interface BringParts {
  readonly keepers: ResourceKeepers;
  readonly principal: Principal;
  /** What there is; what is made is added to it, as later steps refer to it. */
  readonly live: Live;
}

/**
 * Takes a step, whatever of it was done before: what is to be made and is there already is brought to what it should be,
 * and what is to be removed and is gone is let be.
 */
export async function bringForward({ keepers, principal, live }: BringParts, step: Step): Promise<DoneStep> {
  const kind = kindOf(step);
  const [present] = live.named(kind.kind, step.name);
  const before = step.before?.json;
  if (step.wanted === undefined) {
    if (present !== undefined) await remove({ keepers, principal, live }, kind, present);
    return { step, act: "remove", resourceId: step.before?.id ?? "", before, after: undefined };
  }
  const kept = step.before === undefined ? {} : pick(step.before.json, kind.fixed ?? []);
  const json: JsonObject = {
    ...kept,
    name: step.name,
    ...withIds(kind, step.wanted, (to, name) => live.named(to, name)[0]?.id ?? name),
  };
  const resource =
    present === undefined
      ? await keepers.create(kind, json, principal)
      : await retried(() => keepers.update(kind, present.id, json, principal));
  live.put(kind.kind, { ...resource, name: step.name });
  const act = present === undefined ? "create" : "update";
  return { step, act, resourceId: resource.id, before, after: resource.json };
}

export interface Undone {
  /** Nothing when there was nothing to undo. */
  readonly done: DoneStep | undefined;
  /** What cannot be brought back, if anything. */
  readonly left: string | undefined;
}

/** Undoes a step, whatever of it was done. */
export async function bringBack({ keepers, principal, live }: BringParts, step: Step): Promise<Undone> {
  const kind = kindOf(step);
  const [present] = live.named(kind.kind, step.name);
  const { before } = step;
  if (before === undefined) {
    if (present === undefined) return NOTHING;
    await remove({ keepers, principal, live }, kind, present);
    const done = { step, act: "remove", resourceId: present.id, before: present.json, after: undefined } as const;
    return { done, left: undefined };
  }
  if (present === undefined && step.lasting)
    return { done: undefined, left: `the ${kind.kind} "${step.name}" stays removed` };
  if (present !== undefined && step.action === "delete") return NOTHING;
  const json = { ...pick(before.json, [...kind.fields]), name: step.name };
  const resource = await retried(() =>
    present === undefined ? keepers.create(kind, json, principal) : keepers.update(kind, present.id, json, principal),
  );
  live.put(kind.kind, resource);
  const act = present === undefined ? "create" : "update";
  return {
    done: { step, act, resourceId: resource.id, before: present?.json, after: resource.json },
    left: step.lasting ? `the ${kind.kind} "${step.name}" may keep a secret that it was given` : undefined,
  };
}

const NOTHING: Undone = { done: undefined, left: undefined };

async function remove({ keepers, principal, live }: BringParts, kind: Kind, { id, name }: Resource): Promise<void> {
  try {
    await retried(() => keepers.remove(kind, id, principal));
  } catch (error) {
    if (!isGone(error)) throw error;
  }
  live.drop(kind.kind, name);
}

function kindOf({ kind: name }: Step): Kind {
  const kind = kindNamed(name);
  if (kind === undefined) throw new Error(`${name} is in no table any more`);
  return kind;
}

const pick = (json: JsonObject, fields: readonly string[]): JsonObject =>
  Object.fromEntries(fields.flatMap((field) => (json[field] === undefined ? [] : [[field, json[field]]])));
