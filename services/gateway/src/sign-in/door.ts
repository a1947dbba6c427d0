import type { HttpDoor } from "@muster/host/http-door";
import { HTTP_STATUS } from "@muster/host/http-door";
import type { Refusal } from "@muster/host/refusal";
import { currentTrace } from "@muster/host/telemetry";
import type { FastifyRequest } from "fastify";
import type { Principal } from "../domain/principal.ts";
import { refuse } from "../domain/refusals.ts";
import { ACTIONS } from "../domain/roles.ts";
import type { ActionLog } from "../rest/action-log.ts";
import { type Admission, COOKIE, cookieOf, refuseCrossSite } from "../rest/admission.ts";
import { SESSION_IDLE_HOURS } from "../storage/credentials.ts";
import type { SignIn } from "../usecases/sign-in.ts";

export interface SignInParts {
  readonly signIn: SignIn;
  readonly admission: Admission;
  readonly actions: ActionLog;
  /** Whether the cookie travels over TLS alone. */
  readonly secureCookie: boolean;
}

const SIGN_IN = "/api/v1/sign-in";
const SIGN_OUT = "/api/v1/sign-out";

/** Lets a browser sign in and out; the session is a cookie that scripts cannot read. */
export function offerSignIn(door: HttpDoor, { signIn, admission, actions, secureCookie }: SignInParts): void {
  const cookie = (value: string, maxAgeSec: number): string =>
    `${COOKIE}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAgeSec}${secureCookie ? "; Secure" : ""}`;

  const record = (request: FastifyRequest, principal: Principal, action: string, refusal?: Refusal) =>
    actions.record({
      tenant: principal.tenant,
      actor: principal.actor,
      role: principal.role,
      action,
      method: action,
      status: refusal === undefined ? 200 : HTTP_STATUS[refusal.kind],
      code: refusal?.code ?? "",
      path: request.url,
      remoteAddress: admission.remoteAddress(request),
      idempotencyKey: "",
      trace: currentTrace(),
    });

  door.post(SIGN_IN, { bodyLimit: 4_096 }, async (request, reply) => {
    refuseCrossSite(request);
    const { email, password } = credentialsOf(request.body);
    const outcome = await signIn.signIn({ email, password, remoteAddress: admission.remoteAddress(request) });
    if ("refusal" in outcome) {
      if (outcome.claimed !== undefined) await record(request, outcome.claimed, "session.sign_in", outcome.refusal);
      throw outcome.refusal;
    }
    const { principal, session } = outcome;
    await record(request, principal, "session.sign_in");
    reply.header("set-cookie", cookie(session, SESSION_IDLE_HOURS * 3_600));
    return {
      tenantId: principal.tenant,
      actor: principal.actor,
      role: principal.role,
      actions: ACTIONS[principal.role],
    };
  });

  door.post(SIGN_OUT, { bodyLimit: 4_096 }, async (request, reply) => {
    refuseCrossSite(request);
    const session = cookieOf(request);
    if (session !== undefined) {
      const principal = await admission.principal(request).catch(() => undefined);
      await signIn.signOut(session);
      if (principal !== undefined) await record(request, principal, "session.sign_out");
    }
    reply.header("set-cookie", cookie("", 0));
    return {};
  });
}

function credentialsOf(body: unknown): { readonly email: string; readonly password: string } {
  const { email, password } = (body ?? {}) as { email?: unknown; password?: unknown };
  if (typeof email !== "string" || typeof password !== "string") {
    throw refuse("api.bad_request", 'the body is {"email": "…", "password": "…"}');
  }
  return { email, password };
}
