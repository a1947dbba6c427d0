import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { FileRegistry } from "@bufbuild/protobuf";
import { restRoutes } from "@muster/contracts/rest";
import type { HttpDoor } from "@muster/host/http-door";
import { offerRoute, type RouteParts } from "./route.ts";
import type { Upstream } from "./upstream.ts";

/** Offers every method that the protos give a REST route, and the document that describes them. */
export async function offerApi(
  door: HttpDoor,
  registry: FileRegistry,
  upstreams: Readonly<Record<string, Upstream>>,
  parts: RouteParts,
): Promise<void> {
  for (const route of restRoutes(registry)) {
    const upstream = upstreams[route.rpc.parent.file.proto.package];
    if (upstream === undefined) throw new Error(`nobody is known who answers ${route.rpc.parent.typeName}`);
    offerRoute(door, route, upstream, parts);
  }
  const openapi = await readFile(join(import.meta.dirname, "../../openapi.json"), "utf8");
  door.get("/api/v1/openapi.json", (_request, reply) => reply.type("application/json").send(openapi));
}
