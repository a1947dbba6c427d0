import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { openapiFindings } from "./lint.ts";

interface Document {
  paths: Record<string, Record<string, { description?: string; responses: Record<string, unknown> }>>;
}

const OPENAPI = join(import.meta.dirname, "../../../services/gateway/openapi.json");
const PATH = "/api/v1/devices/{deviceId}";

describe("the linter of the OpenAPI document", () => {
  it("finds a method that says too little of itself", async () => {
    const document = JSON.parse(await readFile(OPENAPI, "utf8")) as Document;
    const method = document.paths[PATH]?.["get"];
    assert.ok(method);
    delete method.description;
    delete method.responses["503"];
    document.paths["/api/v1/Devices_All"] = {};
    const findings = await openapiFindings(JSON.stringify(document));
    const rules = findings.map((finding) => /\(([^(]+)\)$/.exec(finding)?.[1]);
    assert.deepEqual(
      new Set(rules),
      new Set(["operation-description", "paths-kebab-case", "rule/a-method-says-how-it-fails"]),
    );
  });
});
