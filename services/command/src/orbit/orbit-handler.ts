import type { DeviceIdentity } from "@muster/device-identity/identity";
import type { FastifyReply } from "fastify";

/** Answers a request of an authenticated fleetd. */
export type OrbitHandler = (
  identity: DeviceIdentity,
  fields: Readonly<Record<string, unknown>>,
  reply: FastifyReply,
) => unknown;
