import type { HttpDoor } from "@muster/host/http-door";
import type { TrustedIngress } from "@muster/host/ingress";
import { Refusal } from "@muster/host/refusal";
import { inRequestSpan } from "@muster/host/request-span";
import { metrics } from "@muster/host/telemetry";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Machine, Method } from "../domain/claim.ts";
import { sha256 } from "../usecases/credential-hash.ts";
import type { Guard } from "../usecases/guard.ts";

const meter = () => metrics.getMeter("muster");

export interface EnrollmentRoute {
  readonly method: Method;
  readonly path: string;
  /** Reads who asks and with what; what it throws is a refusal. */
  readonly read: (body: unknown) => { readonly credential: string; readonly machine: Machine };
  /** Enrolls, and makes the answer. */
  readonly enroll: (credentialSha256: string, machine: Machine, body: unknown) => Promise<unknown>;
  /** How this protocol says no; what it does not know is left to the door. */
  readonly sayNo?: (reply: FastifyReply, refusal: Refusal) => FastifyReply;
}

export interface EnrollmentDoorDeps {
  readonly ingress: TrustedIngress;
  readonly guard: Guard;
}

/** One enrollment endpoint: guarded, traced, counted. */
export function addEnrollmentRoute(
  door: HttpDoor,
  { ingress, guard }: EnrollmentDoorDeps,
  route: EnrollmentRoute,
): void {
  const enrolled = meter().createCounter("muster.enrollment.enrolled", { unit: "{enrollment}" });
  const refused = meter().createCounter("muster.enrollment.refused", { unit: "{enrollment}" });
  const { method, path } = route;

  const answer = (request: FastifyRequest, reply: FastifyReply): Promise<unknown> =>
    inRequestSpan(request, reply, { route: path }, async () => {
      const { credential, machine } = route.read(request.body);
      const credentialSha256 = sha256(credential);
      const remoteAddress = ingress.remoteAddress(request.headers, request.socket.remoteAddress);
      return guard({ remoteAddress, credentialSha256, machine }, () =>
        route.enroll(credentialSha256, machine, request.body),
      );
    });

  door.post(path, async (request, reply) => {
    try {
      const result = await answer(request, reply);
      enrolled.add(1, { method });
      return result;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refused.add(1, { method, code: error.code });
      if (route.sayNo === undefined) throw error;
      if (error.retryAfterSec !== undefined) reply.header("retry-after", String(error.retryAfterSec));
      return route.sayNo(reply, error);
    }
  });
}
