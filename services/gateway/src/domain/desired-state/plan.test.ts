import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fieldChanges, leavesOf } from "./field-changes.ts";
import type { Json } from "./kind.ts";
import { kindNamed } from "./kinds.ts";
import { withIds, withNames } from "./references.ts";
import type { Field } from "./shape.ts";
import { inOrder, type Step, together } from "./step.ts";

const field = (name: string, type: Field["type"], parts: Partial<Field> = {}): Field => ({
  name,
  type,
  list: false,
  hidden: false,
  file: false,
  optional: false,
  values: [],
  prefix: "",
  shape: undefined,
  names: undefined,
  oneOf: undefined,
  ...parts,
});

describe("what becomes something else", () => {
  const shape = [
    field("description", "text"),
    field("options", "map"),
    field("facility", "number", { optional: true }),
    field("interval", "number"),
    field("token", "text", { hidden: true }),
    field("selection", "object", { shape: [field("labels", "text", { list: true, names: "Label" })] }),
  ];
  const changes = (before: Record<string, Json>, after: Record<string, Json>) =>
    fieldChanges(leavesOf(shape, before), leavesOf(shape, after)).map(
      ({ path, before: old, after: now }) => `${path}: ${JSON.stringify(old)} → ${JSON.stringify(now)}`,
    );

  it("is told by field, inside of what a kind leaves free too", () => {
    assert.deepEqual(changes({ options: { host: { tls: 1 } } }, { description: "x", options: { host: { tls: 2 } } }), [
      'description: undefined → "x"',
      "options.host.tls: 1 → 2",
    ]);
  });

  it("is nothing when it is only left out or in another order, and never shows a secret", () => {
    assert.deepEqual(changes({ description: "", interval: 0, token: "a" }, { token: "b" }), []);
    assert.deepEqual(changes({ selection: { labels: ["b", "a"] } }, { selection: { labels: ["a", "b"] } }), []);
    assert.deepEqual(changes({ facility: 0 }, {}), ["facility: 0 → undefined"]);
  });

  it("is told where nothing is another thing than an empty one", () => {
    assert.deepEqual(changes({}, { selection: { labels: [] } }), ["selection: undefined → {}"]);
    assert.deepEqual(changes({ selection: {} }, { selection: { labels: ["a"] } }), [
      'selection.labels: undefined → ["a"]',
    ]);
  });
});

describe("names in documents", () => {
  const policy = kindNamed("Policy");
  if (policy === undefined) throw new Error("there is no Policy");

  it("stand for ids, and back", () => {
    const resource = { selection: { labelIds: ["id-1", "id-9"], platforms: [] } };
    const named = withNames(policy, resource, (_kind, id) => (id === "id-1" ? "engineering" : undefined));
    assert.deepEqual(named, { selection: { labels: ["engineering", "id-9"], platforms: [] } });
    const back = withIds(policy, named, (_kind, name) => (name === "engineering" ? "id-1" : name));
    assert.deepEqual(back, resource);
  });
});

describe("the steps of a plan", () => {
  const step = (action: Step["action"], kind: string, name: string, lasting = false): Step => ({
    action,
    kind,
    name,
    wanted: action === "delete" ? undefined : {},
    before: undefined,
    lasting,
  });
  const told = (steps: readonly Step[]) => steps.map(({ action, kind, name }) => `${action} ${kind} ${name}`);

  it("make what others refer to first, remove it last, and end with what cannot be brought back", () => {
    const steps = inOrder([
      step("delete", "Label", "old"),
      step("change", "Label", "secret", true),
      step("create", "Policy", "p"),
      step("delete", "Policy", "old"),
      step("create", "Label", "l"),
    ]);
    assert.deepEqual(told(steps), [
      "create Label l",
      "create Policy p",
      "change Label secret",
      "delete Policy old",
      "delete Label old",
    ]);
  });

  it("remove what is gone for good before what it may refer to", () => {
    const steps = inOrder([
      step("delete", "Role", "helpdesk"),
      step("delete", "Policy", "p"),
      step("delete", "SignInProvider", "id", true),
    ]);
    assert.deepEqual(told(steps), ["delete Policy p", "delete SignInProvider id", "delete Role helpdesk"]);
  });

  it("are taken together only when none refers to another", () => {
    const steps = [
      step("create", "Label", "a"),
      step("create", "Label", "b"),
      step("create", "Label", "c"),
      step("create", "Policy", "p"),
    ];
    assert.deepEqual(
      together(steps, 2).map((group) => group.map(({ name }) => name)),
      [["a", "b"], ["c"], ["p"]],
    );
  });
});
