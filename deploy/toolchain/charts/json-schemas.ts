/** A JSON Schema, or a part of one, as OpenAPI and CustomResourceDefinitions hold it. */
export type Schema = { [key: string]: unknown };

interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

export interface OpenApiDocument {
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

export interface CustomResourceDefinition {
  readonly kind?: string;
  readonly spec?: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly { readonly name: string; readonly schema?: { readonly openAPIV3Schema: Schema } }[];
  };
}

/** The name under which kubeconform looks for a kind: it takes the version for the group where there is no group. */
const fileName = ({ group, version, kind }: GroupVersionKind): string =>
  `${group || version}_${version}_${kind.toLowerCase()}.json`;

/** A file for each kind that an OpenAPI v3 document of the Kubernetes API describes, with all that it refers to. */
export function schemasOfApi(document: OpenApiDocument): Map<string, Schema> {
  const schemas = document.components?.schemas ?? {};
  const definitions = Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, strict(schema) as Schema]),
  );
  const files = new Map<string, Schema>();
  for (const [name, schema] of Object.entries(schemas)) {
    for (const kind of (schema["x-kubernetes-group-version-kind"] ?? []) as GroupVersionKind[]) {
      files.set(fileName(kind), { $ref: reference(name), components: { schemas: reachable(name, definitions) } });
    }
  }
  return files;
}

/** A file for each version of a custom resource. */
export function schemasOfResource({ kind, spec }: CustomResourceDefinition): Map<string, Schema> {
  if (kind !== "CustomResourceDefinition" || spec === undefined) return new Map();
  return new Map(
    spec.versions.flatMap(({ name, schema }) =>
      schema === undefined
        ? []
        : [
            [
              fileName({ group: spec.group, version: name, kind: spec.names.kind }),
              strict(withEnvelope(schema.openAPIV3Schema)) as Schema,
            ] as const,
          ],
    ),
  );
}

/** A resource's schema leaves out what every object has; metadata stays open. */
const withEnvelope = (schema: Schema): Schema => ({
  ...schema,
  properties: {
    ...(schema["properties"] as Schema),
    apiVersion: { type: "string" },
    kind: { type: "string" },
    metadata: { type: "object", additionalProperties: true },
  },
});

const reference = (name: string): string => `#/components/schemas/${name}`;

/** Refuses fields that are not named, as the API server does under strict validation. */
function strict(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(strict);
  if (typeof value !== "object" || value === null) return value;
  const schema = Object.fromEntries(Object.entries(value).map(([key, part]) => [key, strict(part)]));
  if (schema["x-kubernetes-int-or-string"] === true) return { anyOf: [{ type: "integer" }, { type: "string" }] };
  const named = typeof schema["properties"] === "object" && schema["type"] === "object";
  const open = "additionalProperties" in schema || schema["x-kubernetes-preserve-unknown-fields"] === true;
  if (named && !open) schema["additionalProperties"] = false;
  return schema["nullable"] === true && typeof schema["type"] === "string"
    ? { ...schema, type: [schema["type"], "null"] }
    : schema;
}

/** The definitions that one refers to, directly or through others. */
function reachable(root: string, definitions: Readonly<Record<string, Schema>>): Record<string, Schema> {
  const found: Record<string, Schema> = {};
  const visit = (name: string): void => {
    const definition = definitions[name];
    if (definition === undefined || name in found) return;
    found[name] = definition;
    for (const [, next = ""] of JSON.stringify(definition).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) visit(next);
  };
  visit(root);
  return found;
}
