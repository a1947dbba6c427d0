import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { schemasOfApi, schemasOfResource } from "./json-schemas.ts";

describe("a schema of the Kubernetes API", () => {
  const kind = { group: "apps", version: "v1", kind: "Deployment" };
  const files = schemasOfApi({
    components: {
      schemas: {
        Deployment: {
          type: "object",
          "x-kubernetes-group-version-kind": [kind],
          properties: { spec: { allOf: [{ $ref: "#/components/schemas/Spec" }] } },
        },
        Spec: { type: "object", properties: { replicas: { type: "integer" } } },
        Other: { type: "object" },
      },
    },
  });

  it("is named as kubeconform looks for it", () => {
    assert.deepEqual([...files.keys()], ["apps_v1_deployment.json"]);
  });

  it("carries what it refers to, closed, and nothing else", () => {
    const { components } = files.get("apps_v1_deployment.json") as { components: { schemas: object } };
    assert.deepEqual(Object.keys(components.schemas), ["Deployment", "Spec"]);
    assert.deepEqual((components.schemas as { Spec: object }).Spec, {
      type: "object",
      properties: { replicas: { type: "integer" } },
      additionalProperties: false,
    });
  });
});

describe("a schema of a custom resource", () => {
  const files = schemasOfResource({
    kind: "CustomResourceDefinition",
    spec: {
      group: "keda.sh",
      names: { kind: "ScaledObject" },
      versions: [
        {
          name: "v1alpha1",
          schema: {
            openAPIV3Schema: {
              type: "object",
              properties: {
                port: { "x-kubernetes-int-or-string": true },
                note: { type: "string", nullable: true },
                rest: { type: "object", properties: {}, "x-kubernetes-preserve-unknown-fields": true },
              },
            },
          },
        },
      ],
    },
  });
  const { properties, additionalProperties } = files.get("keda.sh_v1alpha1_scaledobject.json") as {
    properties: Record<string, unknown>;
    additionalProperties: boolean;
  };

  it("refuses unknown fields, save where the resource keeps them", () => {
    assert.equal(additionalProperties, false);
    assert.equal("additionalProperties" in (properties["rest"] as object), false);
  });

  it("takes numbers or texts, and null, where the resource does", () => {
    assert.deepEqual(properties["port"], { anyOf: [{ type: "integer" }, { type: "string" }] });
    assert.deepEqual((properties["note"] as { type: unknown }).type, ["string", "null"]);
  });

  it("knows what every object has", () => {
    assert.ok("metadata" in properties && "apiVersion" in properties);
  });
});
