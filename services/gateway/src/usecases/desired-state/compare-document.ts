import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { DesiredStateChange } from "@muster/contracts/gen/muster/gateway/v1/desired_state";
import { didYouMean } from "../../domain/desired-state/did-you-mean.ts";
import type { DocumentProblem, Wanted } from "../../domain/desired-state/documents.ts";
import { type FieldChange, fieldChanges, leavesOf } from "../../domain/desired-state/field-changes.ts";
import { type JsonObject, type Kind, keyOf, type Resource } from "../../domain/desired-state/kind.ts";
import { kindNamed } from "../../domain/desired-state/kinds.ts";
import { isOnlyNew, type Live } from "../../domain/desired-state/live.ts";
import { namesIn, withIds } from "../../domain/desired-state/references.ts";
import type { Shape } from "../../domain/desired-state/shape.ts";
import type { Principal } from "../../domain/principal.ts";
import { refuse } from "../../domain/refusals.ts";
import type { KnownResource } from "../../storage/desired-state-resources.ts";
import type { PlannedChange } from "./plan-desired-state.ts";
import type { ResourceKeepers } from "./ports.ts";

export interface Comparison {
  readonly wanted: Wanted;
  /** The names of things by the ids that stand for them until they are made. */
  readonly yetToBe: ReadonlyMap<string, string>;
  readonly live: Live;
  readonly before: KnownResource | undefined;
  /** Keyed hashes of the contents that are given now. */
  readonly hashes: Readonly<Record<string, string>>;
  readonly principal: Principal;
}

/** What documents refer to and nobody has, or will have. */
export function missingReferences(
  wanted: readonly Wanted[],
  live: Live,
  going: readonly { readonly kind: string; readonly name: string }[],
): DocumentProblem[] {
  const made = new Set(wanted.map(({ kind, name }) => keyOf({ kind: kind.kind, name })));
  const gone = new Set(going.map(keyOf));
  return wanted.flatMap(({ document, kind, json }) =>
    namesIn(kind, json)
      .filter((each) => !made.has(keyOf(each)) && !isStanding(each))
      .filter((each) => gone.has(keyOf(each)) || live.named(each.kind, each.name).length === 0)
      .map(({ kind: to, name, path }) => {
        const names = [
          ...(kindNamed(to)?.standing ?? []),
          ...live.of(to).map((each) => each.name),
          ...wanted.filter((each) => each.kind.kind === to).map((each) => each.name),
        ];
        return { document, path, message: `there is no ${to} "${name}"${didYouMean(name, names)}` };
      }),
  );
}

const isStanding = ({ kind, name }: { readonly kind: string; readonly name: string }): boolean =>
  kindNamed(kind)?.standing?.includes(name) === true;

/** What has to be done so that a thing is as its document says; nothing when it is so already. */
export async function compareDocument(
  keepers: ResourceKeepers,
  { wanted, yetToBe, live, before: known, hashes, principal }: Comparison,
): Promise<PlannedChange | undefined> {
  const { kind, name } = wanted;
  const shape = keepers.shape(kind);
  const found = live.named(kind.kind, name);
  const [present] = found;
  if (found.length > 1)
    throw problem(
      "metadata.name",
      `there are ${found.length} things of the kind ${kind.kind} that are called "${name}"`,
    );
  const json = present === undefined ? wanted.json : { ...pick(present.json, kind.fixed ?? []), ...wanted.json };
  const asked = { name, ...withIds(kind, json, (to, each) => idFor(live, to, each)) };
  const nameOf = (to: string, id: string) => live.nameOf(to, id) ?? yetToBe.get(`${to}/${id}`);
  const leaves = (resource: JsonObject) => live.leaves(kind, shape, resource, nameOf);

  if (present === undefined) {
    for (const path of kind.required ?? [])
      if (hashes[path] === undefined)
        throw problem(`spec.${path}`, "is missing: refer to it, as secretRef: {env: NAME} or fileRef: path");
    const checked = leaves(await keepers.check(kind, "", asked, principal));
    const fields = fieldChanges(new Map(), checked).filter(
      // What its service makes up is another one when it is made.
      ({ path }) => !(kind.fixed ?? []).includes(path) || wanted.json[path] !== undefined,
    );
    return planned(wanted, undefined, [...fields, ...contents(Object.keys(hashes))], kind.isSpent === true);
  }
  const now = live.leaves(kind, shape, present.json);
  refuseFixed(wanted, shape, now);
  const given = Object.keys(hashes).filter((path) => known?.contents[path] !== hashes[path]);
  const hidden = kind.evidence === undefined ? given : Object.keys(hashes);
  const isSame = isDeepStrictEqual(now, withoutOnlyNew(kind, leavesOf(shape, json)));
  if (isSame && hidden.length === 0) return undefined;
  const checked = await keepers.check(kind, present.id, asked, principal);
  const evidenceDiffers = (kind.evidence ?? []).some(
    (field) => !isDeepStrictEqual(present.json[field], checked[field]),
  );
  const changed = kind.evidence === undefined ? given : evidenceDiffers ? hidden : [];
  const fields = [...fieldChanges(now, leaves(checked)), ...contents(changed)];
  if (fields.length === 0) return undefined;
  if (kind.methods.update === undefined)
    throw problem(
      `spec.${fields[0]?.path ?? ""}`,
      `differs, and a ${kind.kind} is never changed: make another one by another name`,
    );
  const before = await keepers.withContent(kind, present, principal);
  const lasting = changed.length > 0 && kind.methods.content === undefined;
  return planned(wanted, before, fields, lasting, kind.devices?.(present.json));
}

/** The names of all things that documents describe, by kind and id. */
export const namesYetToBe = (wanted: readonly Wanted[], live: Live): ReadonlyMap<string, string> =>
  new Map(wanted.map(({ kind, name }) => [`${kind.kind}/${idFor(live, kind.kind, name)}`, name]));

/** The id of a thing, or of one that is yet to be made: a UUID that no other has. */
function idFor(live: Live, kind: string, name: string): string {
  const [present] = live.named(kind, name);
  if (present !== undefined) return present.id;
  if (kindNamed(kind)?.key === "name") return name;
  const hash = createHash("sha256").update(keyOf({ kind, name })).digest("hex");
  return `00000000-${hash.slice(0, 4)}-8${hash.slice(4, 7)}-8${hash.slice(7, 10)}-${hash.slice(10, 22)}`;
}

function planned(
  { kind, name, json }: Wanted,
  before: Resource | undefined,
  fields: readonly FieldChange[],
  lasting: boolean,
  deviceCount?: number,
): PlannedChange {
  const action = before === undefined ? "create" : "change";
  const change: DesiredStateChange = {
    kind: kind.kind,
    name,
    action: before === undefined ? "DESIRED_STATE_ACTION_CREATE" : "DESIRED_STATE_ACTION_CHANGE",
    resourceId: before?.id ?? "",
    fields: fields.map((each) => ({ ...each, before: each.before, after: each.after })),
    deviceCount,
  };
  return { step: { kind: kind.kind, name, action, wanted: json, before, lasting }, change };
}

const contents = (paths: readonly string[]): FieldChange[] =>
  paths.map((path) => ({ path, before: undefined, after: undefined, hidden: true }));

function refuseFixed({ kind, name, json }: Wanted, shape: Shape, now: ReadonlyMap<string, unknown>): void {
  for (const field of kind.fixed ?? []) {
    if (json[field] === undefined) continue;
    const [before, after] = [now.get(field), leavesOf(shape, { [field]: json[field] }).get(field)];
    if (after !== undefined && !isDeepStrictEqual(before, after))
      throw problem(
        `spec.${field}`,
        `stays as it was made, ${JSON.stringify(before ?? null)}: give the ${kind.kind} another name than "${name}"`,
      );
  }
}

const pick = (json: JsonObject, fields: readonly string[]): JsonObject =>
  Object.fromEntries(fields.flatMap((field) => (json[field] === undefined ? [] : [[field, json[field]]])));

const withoutOnlyNew = (kind: Kind, leaves: ReadonlyMap<string, JsonObject[string]>) =>
  new Map([...leaves].filter(([path]) => !isOnlyNew(kind, path)));

/** A refusal that knows which field it is about. */
const problem = (path: string, message: string): Error =>
  Object.assign(refuse("desired_state.bad_document", message), { path });
