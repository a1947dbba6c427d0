import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { RESOURCES } from "../resources.ts";
import { oneOf } from "./find-one.ts";
import { kindOf } from "./known-kinds.ts";

const API = JSON.parse(readFileSync(join(import.meta.dirname, "../../../../gateway/openapi.json"), "utf8")) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
};

describe("what `muster get` lists", () => {
  it("is in the API, and one of a kind is read and removed exactly where the API can", () => {
    for (const [kind, { path, one = [] }] of Object.entries(RESOURCES)) {
      assert.ok(API.paths[path]?.["get"], `${kind} is not listed by the API`);
      const single = Object.keys(API.paths).filter((each) => new RegExp(`^${path}/\\{\\w+\\}$`).test(each));
      const able = single.flatMap((each) => ["get", "delete"].filter((method) => API.paths[each]?.[method]));
      assert.deepEqual(able, one, kind);
    }
  });

  it("tells when osquery's decorators run", () => {
    const [, cell] = kindOf("osquery-config").columns.find(([head]) => head === "decorators") ?? [];
    const decorators = { load: ["select uuid from system_info"], interval: { 3600: ["select 1"] } };
    assert.deepEqual([cell?.({ decorators }), cell?.({})], [["load", "interval"], []]);
  });

  it("has a name for one as for many", () => {
    assert.equal(kindOf("policy").plural, "policies");
    assert.equal(kindOf("device").plural, "devices");
    assert.equal(kindOf("software").plural, "software");
    for (const word of ["planet", "constructor", ""])
      assert.throws(() => kindOf(word), /there is no .*; there are devices/);
  });
});

describe("one of many", () => {
  const labels = [
    { id: "1", name: "finance" },
    { id: "2", name: "sales" },
    { id: "3", name: "sales" },
    { id: "finance", name: "other" },
  ];

  it("is known by its id before its name", () => {
    assert.equal(oneOf(labels, kindOf("labels"), "1").name, "finance");
    assert.equal(oneOf(labels, kindOf("labels"), "finance").name, "other");
    assert.equal(oneOf([{ name: "help-desk" }], kindOf("role"), "help-desk").name, "help-desk");
  });

  it("is not guessed", () => {
    assert.throws(() => oneOf(labels, kindOf("labels"), "sales"), /2 of labels are called "sales": say which by 2, 3/);
    assert.throws(() => oneOf(labels, kindOf("labels"), ""), /there is no "" among labels/);
  });
});
