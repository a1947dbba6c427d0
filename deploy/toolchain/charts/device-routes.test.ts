import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { ROUTES, serviceFor } from "../../local/ingress-routes.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const chart = parse(readFileSync(join(root, "charts/muster/device-routes.yaml"), "utf8")) as Record<string, string[]>;
const offered = Object.entries(chart).flatMap(([service, paths]) => paths.map((path) => ({ path, service })));

describe("the chart's device routes", () => {
  it("are those of the local ingress", () => {
    const sorted = (routes: readonly { path: string; service: string }[]) =>
      routes.map(({ path, service }) => `${path} ${service}`).sort();
    assert.deepEqual(sorted(offered), sorted(ROUTES));
  });

  it("lead to the same door in whichever order a proxy looks at them", () => {
    for (const { path } of offered) {
      const longest = offered
        .filter((route) => (route.path.endsWith("/") ? path.startsWith(route.path) : path === route.path))
        .toSorted((one, other) => other.path.length - one.path.length)[0];
      assert.equal(longest?.service, serviceFor(path), path);
    }
  });
});
