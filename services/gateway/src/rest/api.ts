import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { FileRegistry } from "@bufbuild/protobuf";
import { type RestRoute, restRoutes } from "@muster/contracts/rest";
import type { HttpDoor } from "@muster/host/http-door";
import { resourceReader } from "./resource-before.ts";
import { offerRoute, type RouteParts } from "./route.ts";
import type { Upstream } from "./upstream.ts";

/** Offers every method that the protos give a REST route, and the document that describes them. */
export async function offerApi(
  door: HttpDoor,
  registry: FileRegistry,
  upstreams: Readonly<Record<string, Upstream>>,
  parts: Omit<RouteParts, "registry" | "sensitive" | "readBefore">,
): Promise<void> {
  const routes = restRoutes(registry);
  const sensitive = registry.getExtension("muster.options.v1.sensitive");
  if (sensitive === undefined) throw new Error("the descriptors lack muster.options.v1.sensitive");
  const upstreamOf = ({ rpc }: RestRoute): Upstream => {
    const upstream = upstreams[rpc.parent.file.proto.package];
    if (upstream === undefined) throw new Error(`nobody is known who answers ${rpc.parent.typeName}`);
    return upstream;
  };
  const readBefore = resourceReader(registry, routes, upstreamOf, sensitive);
  for (const route of routes) {
    offerRoute(door, route, upstreamOf(route), { ...parts, registry, sensitive, readBefore });
  }
  const openapi = await readFile(join(import.meta.dirname, "../../openapi.json"), "utf8");
  door.get("/api/v1/openapi.json", (_request, reply) => reply.type("application/json").send(openapi));
}
