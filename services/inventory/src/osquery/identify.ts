import type { DeviceIdentity } from "@muster/device-identity/identity";
import type { NodeKeyVerifier } from "@muster/device-identity/node-key";
import type { Refusal } from "@muster/host/refusal";
import type { FastifyReply, FastifyRequest } from "fastify";
import { refuse } from "../domain/refusals.ts";

export type Body = Readonly<Record<string, unknown>>;

/** The body as an object; a host that sends something else is told so. */
export const bodyOf = (request: FastifyRequest): Body => objectOf(request.body);

export function objectOf(body: unknown): Body {
  if (typeof body === "object" && body !== null && !Array.isArray(body)) return body as Body;
  throw refuse("osquery.bad_body", "the body has to be a JSON object");
}

const HEADER = /^NodeKey +(\S+)$/i;

/** Whose key the request carries, in the body or in the Authorization header; nothing when there is no good one. */
export function identify(verifier: NodeKeyVerifier, request: FastifyRequest, body: Body): DeviceIdentity | undefined {
  const inBody = body["node_key"];
  if (inBody !== undefined && inBody !== "") return verifier.verify(inBody);
  return verifier.verify(HEADER.exec(request.headers.authorization ?? "")?.[1]);
}

/** Makes the host enroll again: its key is not one, or not its present one. */
export const sendNodeInvalid = (reply: FastifyReply): FastifyReply =>
  sendJson(reply.code(401), '{"error":"this node key is not valid; enroll again","node_invalid":true}');

export const sendJson = (reply: FastifyReply, json: string): FastifyReply =>
  reply.type("application/json; charset=utf-8").send(json);

export const DONE = '{"node_invalid":false}';

/** osquery takes a top-level "error" as a failure and shows it; the code is for people who read logs. */
export const errorJson = (refusal: Refusal): string => JSON.stringify({ error: refusal.message, code: refusal.code });
