import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { Answer } from "./ask.ts";
import type { OpenapiDocument, Operation } from "./document.ts";

/** Says what is wrong with an answer, by the document alone; nothing when it is as described. */
export type Judge = (operation: Operation, answer: Answer) => string | undefined;

const ID = "openapi";

export function judgeOf(document: OpenapiDocument): Judge {
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  for (const format of ["uint32", "uint64"]) ajv.addFormat(format, true);
  ajv.addSchema(closed(document), ID);
  const validators = new Map<string, ValidateFunction>();
  const validatorAt = (pointer: string): ValidateFunction => {
    const known = validators.get(pointer) ?? ajv.compile({ $ref: `${ID}#${pointer}` });
    validators.set(pointer, known);
    return known;
  };

  return ({ path, method, responses }, { status, contentType, text }) => {
    if (status === 500 || text.includes('"rpc.unavailable"')) return `failed with ${status}`;
    const response = responses[String(status)];
    if (response === undefined) return `answered ${status}, of which the document says nothing`;
    const at = response.$ref?.slice(1) ?? `/paths/${escaped(path)}/${method.toLowerCase()}/responses/${status}`;
    const media = contentType.split(";")[0] ?? "";
    const expected = response.$ref === undefined ? Object.keys(response.content ?? {}) : ["application/problem+json"];
    if (!expected.includes(media)) return `answered ${status} as ${media}, not as ${expected.join(" or ")}`;
    if (!media.endsWith("json")) return undefined;
    const validate = validatorAt(`${at}/content/${escaped(media)}/schema`);
    for (const line of media === "application/x-ndjson" ? text.split("\n").slice(0, -1) : [text]) {
      if (line !== "" && !validate(JSON.parse(line))) {
        return `answered ${status} with what its schema does not allow: ${ajv.errorsText(validate.errors)} in ${line.slice(0, 500)}`;
      }
    }
    return undefined;
  };
}

const escaped = (name: string): string => encodeURIComponent(name.replaceAll("~", "~0").replaceAll("/", "~1"));

/** An answer may gain fields in a later version; in this one each field that comes is described. */
function closed(document: OpenapiDocument): object {
  const { Problem, ...others } = document.components.schemas;
  const schemas = Object.entries(others).map(([name, schema]) => [
    name,
    schema.properties === undefined || "allOf" in schema ? schema : { additionalProperties: false, ...schema },
  ]);
  return { ...document, components: { ...document.components, schemas: { Problem, ...Object.fromEntries(schemas) } } };
}
