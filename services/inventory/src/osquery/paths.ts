import type { HttpDoor } from "@muster/host/http-door";
import { HTTP_STATUS } from "@muster/host/http-status";
import { Refusal } from "@muster/host/refusal";
import type { FastifyReply, FastifyRequest, RouteShorthandOptions } from "fastify";
import { errorJson, sendJson } from "./identify.ts";

// Hosts are told the one or the other, by their flags and by the product they came from.
const PREFIXES = ["/api/osquery", "/api/v1/osquery"] as const;

type Handler = (request: FastifyRequest, reply: FastifyReply) => FastifyReply | Promise<FastifyReply>;

/** Offers a path of osquery's TLS API under both of its prefixes. A refusal is said in osquery's own way. */
export function post(door: HttpDoor, path: string, options: RouteShorthandOptions, handler: Handler): void {
  const errorHandler: RouteShorthandOptions["errorHandler"] = (error, _request, reply) => {
    if (!(error instanceof Refusal)) throw error;
    void sendJson(reply.code(HTTP_STATUS[error.kind]), errorJson(error));
  };
  for (const prefix of PREFIXES) door.post(`${prefix}/${path}`, { ...options, errorHandler }, handler);
}
