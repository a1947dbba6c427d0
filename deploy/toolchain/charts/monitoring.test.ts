import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const operations = read("docs/operations.md");

const DASHBOARDS = readdirSync(join(root, "charts/muster/dashboards")).map((file) => ({
  file,
  expressions: (JSON.parse(read(`charts/muster/dashboards/${file}`)) as Dashboard).panels.flatMap(({ targets }) =>
    targets.map(({ expr }) => expr),
  ),
}));
const ALERTS = parse(read("charts/muster/alerts.yaml")) as readonly { alert: string; expr: string; runbook: string }[];

interface Dashboard {
  readonly panels: readonly { readonly targets: readonly { readonly expr: string }[] }[];
}

/** The metrics that operations.md explains, as Prometheus has them. */
const DOCUMENTED = [...operations.matchAll(/^\| `([a-z0-9_.]+)`.*?\|/gm)].map(([, name = ""]) =>
  name.replaceAll(".", "_"),
);

const metricsIn = (expression: string): string[] => expression.match(/\b(muster|process|nodejs)_[a-z0-9_]+/g) ?? [];

const unknown = (expressions: readonly string[]): string[] =>
  expressions
    .flatMap(metricsIn)
    .filter((metric) => !DOCUMENTED.includes(metric.replace(/_(total|bucket|sum|count)$/, "")));

describe("what the chart watches", () => {
  for (const { file, expressions } of DASHBOARDS) {
    it(`asks in ${file} for metrics that operations.md explains`, () => {
      assert.ok(expressions.length > 0);
      assert.deepEqual(unknown(expressions), []);
    });
  }

  it("alerts on metrics that operations.md explains", () => {
    assert.deepEqual(unknown(ALERTS.map(({ expr }) => expr)), []);
  });

  it("links each alert to a part of operations.md", () => {
    const parts = [...operations.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
      heading
        .toLowerCase()
        .replaceAll(/[^a-z0-9 -]/g, "")
        .replaceAll(" ", "-"),
    );
    assert.deepEqual(
      ALERTS.filter(({ runbook }) => !parts.includes(runbook)).map(({ alert }) => alert),
      [],
    );
  });
});
