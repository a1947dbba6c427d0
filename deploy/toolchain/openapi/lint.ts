import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createConfig, lintFromString } from "@redocly/openapi-core";

/** What openapi-rules.yaml has against an OpenAPI document: a line for each finding. */
export async function openapiFindings(document: string): Promise<string[]> {
  const config = await createConfig(await readFile(join(import.meta.dirname, "openapi-rules.yaml"), "utf8"));
  const findings = await lintFromString({ source: document, config });
  return findings.map(({ ruleId, message, location }) => `${location[0]?.pointer ?? ""}: ${message} (${ruleId})`);
}
