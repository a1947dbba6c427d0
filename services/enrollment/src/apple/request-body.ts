import type { FastifyRequest } from "fastify";

/** The bytes that a device sent; none when it sent nothing. */
export const bodyOf = ({ body }: FastifyRequest): Buffer => (Buffer.isBuffer(body) ? body : Buffer.alloc(0));
