import type { JsonObject, Kind, Resource } from "../../domain/desired-state/kind.ts";
import { kindNamed } from "../../domain/desired-state/kinds.ts";
import type { Live } from "../../domain/desired-state/live.ts";
import { withIds } from "../../domain/desired-state/references.ts";
import { type Step, told } from "../../domain/desired-state/step.ts";
import type { Principal } from "../../domain/principal.ts";
import { refuse } from "../../domain/refusals.ts";
import { isAsWanted, isChanged } from "./as-wanted.ts";
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
 * and what is to be removed and is gone is let be. What somebody else changed since the plan was made is not touched, and
 * the step fails.
 */
export async function bringForward(parts: BringParts, step: Step): Promise<DoneStep> {
  const { keepers, live, principal } = parts;
  const kind = kindOf(step);
  const [present] = live.named(kind.kind, step.name);
  const before = step.before?.json;
  if (step.wanted === undefined) {
    if (present !== undefined) await remove(parts, kind, { ...present, ...step.before });
    return { step, act: "remove", resourceId: step.before?.id ?? "", before, after: undefined };
  }
  const json = wantedOf(parts, kind, step, step.wanted);
  const resource =
    present === undefined
      ? await keepers.create(kind, json, principal)
      : await update(parts, kind, { present, before: step.before, json });
  live.put(kind.kind, { ...resource, name: step.name });
  const act = present === undefined ? "create" : "update";
  return { step, act, resourceId: resource.id, before, after: resource.json };
}

interface Update {
  readonly present: Resource;
  readonly before: Resource | undefined;
  readonly json: JsonObject;
}

/** Changes what is as it was when the plan was made, or is as this plan has made it. */
async function update(parts: BringParts, kind: Kind, { present, before, json }: Update): Promise<Resource> {
  const { keepers, principal } = parts;
  try {
    if (before !== undefined)
      return await retried(() => keepers.update(kind, { ...before, id: present.id }, json, principal));
  } catch (error) {
    if (!isChanged(error)) throw error;
  }
  const now = (await retried(() => keepers.list(kind, principal))).find(({ id }) => id === present.id);
  if (now === undefined || !(await isAsWanted(parts, kind, now, json))) throw moved(kind, present);
  // Once more, as what it holds and does not tell may be another's.
  return retried(() => keepers.update(kind, now, json, principal));
}

export interface Undone {
  /** Nothing when there was nothing to undo. */
  readonly done: DoneStep | undefined;
  /** What cannot be brought back, if anything. */
  readonly left: string | undefined;
}

/** Undoes a step, whatever of it was done; not what somebody else has made of it since. */
export async function bringBack(parts: BringParts, step: Step): Promise<Undone> {
  const { keepers, live, principal } = parts;
  const kind = kindOf(step);
  const [present] = live.named(kind.kind, step.name);
  const { before } = step;
  if (before === undefined) {
    if (present === undefined) return NOTHING;
    if (await isAnothers(parts, step, present)) return stays(step);
    return unlessChanged(step, async () => {
      await remove(parts, kind, present);
      const done = { step, act: "remove", resourceId: present.id, before: present.json, after: undefined } as const;
      return { done, left: step.lasting ? `the secret of ${told(step)} is spent, give it another` : undefined };
    });
  }
  if (present === undefined && step.lasting)
    return { done: undefined, left: `the ${kind.kind} "${step.name}" stays removed` };
  if (present !== undefined && step.action === "delete") return NOTHING;
  if (present?.revision !== undefined) {
    if (present.revision === before.revision) return NOTHING;
    if (await isAnothers(parts, step, present)) return stays(step);
  }
  const json = { ...pick(before.json, kind.fields), name: step.name };
  return unlessChanged(step, async () => {
    const resource = await retried(() =>
      present === undefined ? keepers.create(kind, json, principal) : keepers.update(kind, present, json, principal),
    );
    live.put(kind.kind, resource);
    const act = present === undefined ? "create" : "update";
    return {
      done: { step, act, resourceId: resource.id, before: present?.json, after: resource.json },
      left: step.lasting ? `the ${kind.kind} "${step.name}" may keep a secret that it was given` : undefined,
    };
  });
}

const NOTHING: Undone = { done: undefined, left: undefined };

const stays = (step: Step): Undone => ({
  done: undefined,
  left: `${told(step)} stays as somebody else has made it meanwhile`,
});

async function unlessChanged(step: Step, undo: () => Promise<Undone>): Promise<Undone> {
  try {
    return await undo();
  } catch (error) {
    if (!isChanged(error)) throw error;
    return stays(step);
  }
}

async function isAnothers(parts: BringParts, step: Step, present: Resource): Promise<boolean> {
  const kind = kindOf(step);
  return (
    step.wanted !== undefined && !(await isAsWanted(parts, kind, present, wantedOf(parts, kind, step, step.wanted)))
  );
}

async function remove({ keepers, principal, live }: BringParts, kind: Kind, resource: Resource): Promise<void> {
  try {
    await retried(() => keepers.remove(kind, resource, principal));
  } catch (error) {
    if (isChanged(error)) throw moved(kind, resource);
    if (!isGone(error)) throw error;
  }
  live.drop(kind.kind, resource.name);
}

const moved = ({ kind }: Kind, { name }: Resource): Error =>
  refuse(
    "desired_state.moved",
    `somebody changed ${told({ kind, name })} while the plan was carried out: make a new plan`,
  );

/** What a step makes of a thing, with ids for names. */
function wantedOf({ live }: BringParts, kind: Kind, step: Step, wanted: JsonObject): JsonObject {
  const kept = step.before === undefined ? {} : pick(step.before.json, kind.fixed ?? []);
  return { ...kept, name: step.name, ...withIds(kind, wanted, (to, name) => live.named(to, name)[0]?.id ?? name) };
}

function kindOf({ kind: name }: Step): Kind {
  const kind = kindNamed(name);
  if (kind === undefined) throw new Error(`${name} is in no table any more`);
  return kind;
}

const pick = (json: JsonObject, fields: readonly string[]): JsonObject =>
  Object.fromEntries(fields.flatMap((field) => (json[field] === undefined ? [] : [[field, json[field]]])));
