import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import * as conventions from "@opentelemetry/semantic-conventions/incubating";
import { ATTRIBUTE } from "./telemetry-names.ts";

const root = join(import.meta.dirname, "../../..");
const own = (name: string) => name.startsWith("muster.");
const quoted = (name: string) => new RegExp(`["'\`]${name.replaceAll(".", "\\.")}["'\`]`);

describe("the names of attributes and spans", () => {
  it("are those of the semantic conventions as they are now, or begin with muster", () => {
    const known = new Set<unknown>(Object.values(conventions));
    const strange = Object.values(ATTRIBUTE).filter((name) => !own(name) && !known.has(name));
    assert.deepEqual(strange, []);
  });

  it("are none that the conventions have given up", () => {
    const types = join(root, "node_modules/@opentelemetry/semantic-conventions/dist");
    const text = ["experimental", "stable"].map((part) =>
      readFileSync(join(types, `${part}_attributes.d.mts`), "utf8"),
    );
    const given = text.join("\n").matchAll(/\/\*\*(?:(?!\*\/)[^])*?\*\/\s*declare const \w+: "([^"]+)"/g);
    const deprecated = new Set(
      [...given].flatMap(([comment, name]) => (comment.includes("@deprecated") ? [name] : [])),
    );
    assert.ok(deprecated.has("messaging.system"), "no deprecated name was found: the package has another form");
    assert.deepEqual(
      Object.values(ATTRIBUTE).filter((name) => deprecated.has(name)),
      [],
    );
  });

  it("stand in one file", () => {
    const files = globSync(["libs/*/src/**/*.ts", "services/*/src/**/*.ts"], { cwd: root }).filter(
      (path) => !/\.test\.ts$|\/gen\/|\/testing\/|event-formats|telemetry-names\.ts$/.test(path),
    );
    assert.ok(files.length > 500);
    const names = Object.values(ATTRIBUTE).map((name) => [name, quoted(name)] as const);
    const elsewhere = files.flatMap((path) => {
      const text = readFileSync(join(root, path), "utf8");
      const strings = names.filter(([, pattern]) => pattern.test(text)).map(([name]) => `${path}: ${name}`);
      return /\b(?:inSpan|openSpan|noteSpan)\(\s*["'`]/.test(text) ? [...strings, `${path}: a span's name`] : strings;
    });
    assert.deepEqual(elsewhere, []);
  });
});
