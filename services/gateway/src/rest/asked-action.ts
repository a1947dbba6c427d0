import type { TraceCarrier } from "@muster/host/telemetry";
import type { FastifyReply, FastifyRequest } from "fastify";
import { FIRST_TENANT, type Principal } from "../domain/principal.ts";
import { hashPrefix, hashSecret } from "../domain/secrets.ts";
import type { Asked } from "./action-log.ts";
import { type Admission, secretOf } from "./admission.ts";

export interface AskedParts {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly principal: Principal | undefined;
  readonly admission: Admission;
  /** The right that the request needs. */
  readonly action: string;
  /** The method's full name. */
  readonly method: string;
  readonly trace: TraceCarrier;
  readonly traceId: string;
}

/** Longer ones are nobody's. */
const MAX_HEADER = 300;

/** What a request says of itself and of who asks. One that nobody known asks belongs to the platform's first tenant. */
export function askedAction({ request, reply, principal, admission, trace, traceId, ...route }: AskedParts): Asked {
  const header = (name: string) => String(request.headers[name] ?? "").slice(0, MAX_HEADER);
  return {
    tenant: principal?.tenant ?? FIRST_TENANT,
    actor: principal?.actor ?? "",
    role: principal?.role ?? "",
    ...route,
    ...credentialOf(request, principal),
    path: (request.url.split("?")[0] ?? "").slice(0, 2_000),
    remoteAddress: admission.remoteAddress(request),
    idempotencyKey: header("idempotency-key"),
    userAgent: header("user-agent"),
    requestId: String(reply.getHeader("x-request-id") ?? ""),
    traceId,
    trace,
    resourceId: "",
    resourceName: "",
    before: undefined,
  };
}

function credentialOf(request: FastifyRequest, principal: Principal | undefined) {
  if (principal !== undefined) {
    const credentialKind = principal.proof === "token" ? "api_token" : principal.proof;
    return { credentialKind, credentialId: principal.credential };
  }
  const secret = secretOf(request);
  if (secret === undefined) return { credentialKind: "none", credentialId: "" };
  // Enough to see that it is the same one again, and that of a token that was revoked.
  return { credentialKind: "unknown", credentialId: hashPrefix(hashSecret(secret)) };
}
