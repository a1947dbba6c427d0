import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { parse } from "yaml";

type Parts = Readonly<Record<string, unknown>>;

interface Configuration {
  readonly receivers: Parts;
  readonly processors: Parts & { readonly redaction: { readonly blocked_key_patterns: readonly string[] } };
  readonly exporters: Parts;
  readonly service: {
    readonly pipelines: Readonly<Record<string, Readonly<Record<"receivers" | "processors" | "exporters", string[]>>>>;
  };
}

const root = join(import.meta.dirname, "../../..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const collector = parse(read("deploy/collector/collector.yaml")) as Configuration;

describe("the Collector's configuration", () => {
  it("has in its pipelines what it defines, and all of it", () => {
    for (const kind of ["receivers", "processors", "exporters"] as const) {
      const used = new Set(Object.values(collector.service.pipelines).flatMap((pipeline) => pipeline[kind]));
      assert.deepEqual([...used].toSorted(), Object.keys(collector[kind]).toSorted());
    }
  });

  it("blocks every field that services replace in their logs", () => {
    const [, list = ""] = /SECRET_FIELDS = \[(.*?)\]/s.exec(read("libs/host/src/logging.ts")) ?? [];
    const fields = [...list.matchAll(/"(\w+)"/g)].map(([, field = ""]) => field);
    assert.ok(fields.length > 3);
    const patterns = collector.processors.redaction.blocked_key_patterns.map(
      (pattern) => new RegExp(pattern.replace("(?i)", ""), "i"),
    );
    assert.deepEqual(
      fields.filter((field) => !patterns.some((pattern) => pattern.test(field))),
      [],
    );
  });
});
