import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { DescMessage } from "@bufbuild/protobuf";
import { readRegistry } from "@muster/contracts/descriptors";
import { restRoutes } from "@muster/contracts/rest";
import { recordedJson } from "./recorded-json.ts";
import { twinOf } from "./resource-before.ts";

const registry = readRegistry();
const sensitive = registry.getExtension("muster.options.v1.sensitive") ?? assert.fail("the option is missing");
const shape = (name: string): DescMessage => registry.getMessage(name) ?? assert.fail(name);
const recorded = (name: string, json: Parameters<typeof recordedJson>[2]) => recordedJson(sensitive, shape(name), json);

describe("what is recorded of an answer", () => {
  it("holds no field that its proto calls sensitive, however deep", () => {
    const webhook = recorded("muster.notification.v1.Webhook", { name: "SIEM", secret: "whsec_x" });
    assert.deepEqual(webhook, { name: "SIEM", secret: "(removed)" });
    const listed = recorded("muster.gateway.v1.ListApiTokensResponse", {
      apiTokens: [{ name: "ci", token: "muster_x" }],
    });
    assert.deepEqual(listed, { apiTokens: [{ name: "ci", token: "(removed)" }] });
  });

  it("names as sensitive every field that is called like a secret", () => {
    const suspects = [...registry].flatMap((type) => {
      if (type.kind !== "message" || type.file.proto.package === "google.protobuf") return [];
      const secret = ({ name }: { name: string }) =>
        /(^|[^e]_)(secret|password|token)$|^(client|api|secret_access|private)_key$/.test(name);
      return type.fields
        .filter((field) => field.fieldKind === "scalar" && secret(field))
        .map((field) => [type, field] as const);
    });
    assert.ok(suspects.length >= 8);
    for (const [type, field] of suspects) {
      const json = recorded(type.typeName, { [field.jsonName]: "shown only once" });
      assert.doesNotMatch(JSON.stringify(json), /shown only once/, `${type.typeName}.${field.name}`);
    }
  });

  it("holds long texts, and a whole that is too large, as their digests", () => {
    const json = recorded("muster.notification.v1.Webhook", { name: "n".repeat(5_000), url: "https://a.example" });
    assert.deepEqual(json["url"], "https://a.example");
    assert.match(JSON.stringify(json["name"]), /"bytes":5000,"sha256":"[0-9a-f]{64}"/);
    const large = recorded("muster.notification.v1.Webhook", { eventTypes: Array(3_000).fill("muster.policy.*") });
    assert.deepEqual(Object.keys(large), ["cut"]);
  });

  it("can be kept by Postgres, whatever a device calls itself", () => {
    assert.deepEqual(recorded("muster.inventory.v1.Device", { hostname: "a\0b\ud800" }), {
      hostname: "a\uFFFDb\uFFFD",
    });
  });
});

describe("what a request is about", () => {
  const routes = restRoutes(registry);
  const twin = (method: string, path: string) => {
    const route = routes.find((each) => each.method === method && each.path === path) ?? assert.fail(path);
    const found = twinOf(route, routes);
    return found && [found.route.path, found.isList];
  };

  it("is read by the path's own GET, or found in the list of its kind", () => {
    assert.deepEqual(twin("PUT", "/api/v1/policies/{id}"), ["/api/v1/policies/{id}", false]);
    assert.deepEqual(twin("POST", "/api/v1/webhooks/{webhook_id}/replay"), ["/api/v1/webhooks/{id}", false]);
    assert.deepEqual(twin("PUT", "/api/v1/osquery-config"), ["/api/v1/osquery-config", false]);
    assert.deepEqual(twin("PATCH", "/api/v1/users/{id}"), ["/api/v1/users", true]);
    assert.deepEqual(twin("DELETE", "/api/v1/enroll-secrets/{id}"), ["/api/v1/enroll-secrets", true]);
    assert.equal(twin("POST", "/api/v1/policies"), undefined);
  });

  it("is known before every request that changes or removes something", () => {
    const unknown = routes.filter(
      (route) => ["PUT", "PATCH", "DELETE"].includes(route.method) && twinOf(route, routes) === undefined,
    );
    assert.deepEqual(
      unknown.map(({ method, path }) => `${method} ${path}`),
      [],
    );
  });
});
