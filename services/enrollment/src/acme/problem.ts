import type { FastifyReply } from "fastify";
import { AcmeProblem } from "../domain/acme/acme-problem.ts";
import { ALGORITHMS } from "./public-key.ts";

/** Answers a problem as ACME does (RFC 8555 §6.7). What is none of ACME's is the whole door's to answer. */
export function sendAcmeProblem(error: unknown, reply: FastifyReply): FastifyReply {
  if (!(error instanceof AcmeProblem)) throw error;
  const { document, status, type } = error;
  return reply
    .code(status)
    .header("cache-control", "no-store")
    .type("application/problem+json")
    .send({ ...document, status, ...(type === "badSignatureAlgorithm" && { algorithms: ALGORITHMS }) });
}
