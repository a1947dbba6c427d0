import {
  type DescField,
  type DescMessage,
  type DescMethod,
  type FileRegistry,
  getExtension,
  hasExtension,
  type Message,
} from "@bufbuild/protobuf";

/** One method of the public REST API, as its proto describes it. */
export interface RestRoute {
  readonly rpc: DescMethod;
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path with request fields in braces, such as /api/v1/devices/{device_id}. */
  readonly path: string;
  /** The request fields in the path, by proto name. */
  readonly pathFields: readonly string[];
  /** The request field that is the body, "*" for the whole request, empty for none. */
  readonly body: string;
  /** The response field that is the answer; empty for the whole response. */
  readonly responseBody: string;
  /** The right that a caller needs. */
  readonly action: string;
  readonly successStatus: number;
  /** How long the answer may take; nothing where it is as any other. */
  readonly answerWithinMs: number | undefined;
  /** The request field that has the revisions of If-Match; nothing where the header is not taken. */
  readonly ifMatch: DescField | undefined;
  /** The field of the answer that its ETag is made of; nothing when the answer is no single thing that can be changed. */
  readonly etag: DescField | undefined;
}

type HttpRule = Message & {
  method: RestRoute["method"];
  path: string;
  body: string;
  responseBody: string;
  action: string;
  successStatus: number;
  answerSeconds: number;
};

/** All routes of the public REST API, in the order of the protos. */
export function restRoutes(registry: FileRegistry): RestRoute[] {
  const extension = registry.getExtension("muster.options.v1.http");
  if (extension === undefined) throw new Error("the descriptors lack muster.options.v1.http");
  const routes: RestRoute[] = [];
  for (const file of registry.files) {
    for (const service of file.services) {
      for (const rpc of service.methods) {
        const options = rpc.proto.options;
        if (options === undefined || !hasExtension(options, extension)) continue;
        const rule = getExtension(options, extension) as HttpRule;
        routes.push({
          rpc,
          method: rule.method,
          path: rule.path,
          pathFields: [...rule.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? ""),
          body: rule.body,
          responseBody: rule.responseBody,
          action: rule.action,
          successStatus: rule.successStatus === 0 ? 200 : rule.successStatus,
          answerWithinMs: rule.answerSeconds === 0 ? undefined : rule.answerSeconds * 1_000,
          ifMatch: markedField(registry, rpc.input, "if_match"),
          etag: rule.method === "GET" && rpc.methodKind === "unary" ? etagOf(registry, answered(rpc, rule)) : undefined,
        });
      }
    }
  }
  return routes;
}

/** The field of a message that has an option of muster.options.v1, if any. */
function markedField(
  registry: FileRegistry,
  { fields }: DescMessage,
  option: "etag" | "if_match",
): DescField | undefined {
  const extension = registry.getExtension(`muster.options.v1.${option}`);
  if (extension === undefined) throw new Error(`the descriptors lack muster.options.v1.${option}`);
  return fields.find(({ proto }) => proto.options !== undefined && hasExtension(proto.options, extension));
}

/** The field of a thing that rises with each change that people make to it; nothing when none does. */
export const etagOf = (registry: FileRegistry, message: DescMessage | undefined): DescField | undefined =>
  message && markedField(registry, message, "etag");

/** The message that the answer is; nothing when it is a list or a plain value. */
function answered({ output }: DescMethod, { responseBody }: HttpRule): DescMessage | undefined {
  if (responseBody === "") return output;
  const field = output.fields.find(({ name }) => name === responseBody);
  return field?.fieldKind === "message" ? field.message : undefined;
}
