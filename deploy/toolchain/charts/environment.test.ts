import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { CONSUMERS } from "@muster/eventbus/streams";
import { CALLS } from "@muster/rpc/calls";
import { parse, parseAllDocuments } from "yaml";
import { SERVICES } from "../../local/topology.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), "utf8");

interface Deployment {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: { readonly template: { readonly spec: { readonly containers: readonly [Container] } } };
}
interface Container {
  readonly env: readonly { readonly name: string }[];
  readonly args: readonly string[];
}

const DEPLOYMENTS = parseAllDocuments(read("charts/muster/examples/golden/minimal.yaml"))
  .map((document) => document.toJS() as Deployment)
  .filter((object) => object?.kind === "Deployment");

const containerOf = (service: string): Container => {
  const found = DEPLOYMENTS.find(({ metadata }) => metadata.name === `muster-${service}`);
  assert.ok(found, `no Deployment for ${service}`);
  return found.spec.template.spec.containers[0];
};

/** What a process reads, and whether it ends without: an entry with two elements has no default. */
function variablesIn(...files: string[]): { all: Set<string>; required: Set<string> } {
  const all = new Set<string>();
  const required = new Set<string>();
  for (const [, name = "", rest = ""] of files
    .map(read)
    .join("\n")
    .matchAll(/\["((?:MUSTER|OTEL)_[A-Z_]+)", (.*)\],?$/gm)) {
    all.add(name);
    if (!/, (?![^(]*\))/.test(rest)) required.add(name);
  }
  return { all, required };
}

interface Facts {
  readonly calls: readonly string[];
  readonly listens: readonly string[];
  readonly files?: Readonly<Record<string, { readonly feature?: string }>>;
  readonly secrets?: Readonly<Record<string, { readonly feature?: string }>>;
  readonly settings?: Readonly<Record<string, string>>;
}

const facts = parse(read("charts/muster/services.yaml")) as Record<string, Facts>;

interface Schema {
  readonly properties: Readonly<Record<string, Schema | undefined>>;
}

const schemas = (JSON.parse(read("charts/muster/values.schema.json")) as Schema).properties["services"]?.properties;

describe("the chart's configuration of a service", () => {
  for (const { name } of SERVICES) {
    const { all, required } = variablesIn(
      `services/${name}/src/config.ts`,
      "libs/host/src/service.ts",
      "libs/postgres/src/backbone.ts",
      "libs/eventbus/src/stream-size.ts",
      "libs/rpc/src/open-rpc.ts",
    );

    it(`gives ${name} all that it cannot do without`, () => {
      assert.ok(required.has("MUSTER_SERVICE_TOKEN"), "the variables of config.ts were not found");
      const given = new Set(containerOf(name).env.map((variable) => variable.name));
      assert.deepEqual(
        [...required].filter((variable) => !given.has(variable)),
        [],
      );
    });

    it(`takes for ${name} the settings and features that there are`, () => {
      const { files = {}, secrets = {}, settings = {} } = facts[name] ?? {};
      const features = Object.values({ ...files, ...secrets }).flatMap(({ feature = [] }) => feature);
      const taken = (values: string) => Object.keys(schemas?.[name]?.properties[values]?.properties ?? {}).sort();
      assert.deepEqual(taken("settings"), Object.keys(settings).sort());
      assert.deepEqual(taken("features"), [...new Set(features)].sort());
    });

    it(`lets ${name} call those that answer it`, () => {
      assert.deepEqual([...CALLS[name]].sort(), facts[name]?.calls.toSorted());
    });

    it(`scales ${name} by the consumers that it has`, () => {
      assert.deepEqual(
        facts[name]?.listens.map((publisher) => `${name}-${publisher}`).sort(),
        Object.keys(CONSUMERS)
          .filter((consumer) => consumer.startsWith(`${name}-`))
          .sort(),
      );
    });

    it(`gives ${name} nothing that it does not read`, () => {
      const { files = {}, secrets = {}, settings = {} } = facts[name] ?? {};
      const offered = [
        ...containerOf(name).env.map((variable) => variable.name),
        ...Object.keys(files),
        ...Object.keys(secrets),
        ...Object.values(settings),
      ];
      assert.deepEqual(
        offered.filter((variable) => !all.has(variable) && variable !== "DATABASE_PASSWORD"),
        [],
      );
    });
  }
});
