import type { RestRoute } from "@muster/contracts/rest";
import type { FastifyRequest } from "fastify";

const POSITION = "afterPosition";

/**
 * The query of a request, with the position a client resumes from. A browser that reconnects sends the address it was
 * given first, so Last-Event-ID is newer than what stands there.
 */
export function resumedQuery(route: RestRoute, request: FastifyRequest): URLSearchParams {
  const at = request.url.indexOf("?");
  const query = new URLSearchParams(at < 0 ? "" : request.url.slice(at + 1));
  const last = request.headers["last-event-id"];
  const resumes = route.rpc.input.fields.some((field) => field.jsonName === POSITION);
  if (resumes && typeof last === "string" && last !== "") query.set(POSITION, last);
  return query;
}
