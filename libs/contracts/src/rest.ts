import { type DescMethod, type FileRegistry, getExtension, hasExtension, type Message } from "@bufbuild/protobuf";

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
}

type HttpRule = Message & {
  method: RestRoute["method"];
  path: string;
  body: string;
  responseBody: string;
  action: string;
  successStatus: number;
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
        });
      }
    }
  }
  return routes;
}
