import type { HttpDoor } from "@muster/host/http-door";
import { HTTP_STATUS } from "@muster/host/http-door";
import type { Refusal } from "@muster/host/refusal";
import { currentTrace, trace } from "@muster/host/telemetry";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Principal } from "../domain/principal.ts";
import { refuse } from "../domain/refusals.ts";
import type { Ended } from "../rest/action-log.ts";
import { COOKIE, cookieOf, refuseCrossSite } from "../rest/admission.ts";
import { askedAction } from "../rest/asked-action.ts";
import type { RecordParts } from "../rest/route-record.ts";
import { SESSION_IDLE_HOURS } from "../storage/credentials.ts";
import type { SignIn, SignInOutcome } from "../usecases/sign-in.ts";

export interface SignInParts {
  readonly signIn: SignIn;
  readonly records: RecordParts;
  /** Whether the cookie travels over TLS alone. */
  readonly secureCookie: boolean;
}

const DONE: Ended = { status: 200, code: "", after: undefined, alsoRefused: 0 };

type RefusedSignIn = Extract<SignInOutcome, { readonly refusal: Refusal }>;

const SIGN_IN = "/api/v1/sign-in";
const SIGN_OUT = "/api/v1/sign-out";

/** Lets a browser sign in and out; the session is a cookie that scripts cannot read. */
export function offerSignIn(door: HttpDoor, { signIn, records, secureCookie }: SignInParts): void {
  const cookie = (value: string, maxAgeSec: number): string =>
    `${COOKIE}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAgeSec}${secureCookie ? "; Secure" : ""}`;

  const { actions, admission, refusals, now } = records;

  const asked = (request: FastifyRequest, reply: FastifyReply, principal: Principal | undefined, action: string) =>
    askedAction({
      request,
      reply,
      principal,
      admission,
      action,
      method: action,
      trace: currentTrace(),
      traceId: trace.getActiveSpan()?.spanContext().traceId ?? "",
    });

  const recordRefused = async (request: FastifyRequest, reply: FastifyReply, { refusal, claimed }: RefusedSignIn) => {
    const alsoRefused = refusals.take(`${admission.remoteAddress(request)} ${refusal.code}`, now());
    if (alsoRefused === undefined) return;
    const ended = { status: HTTP_STATUS[refusal.kind], code: refusal.code, after: undefined, alsoRefused };
    await actions.end(asked(request, reply, claimed, "session.sign_in"), ended);
  };

  door.post(SIGN_IN, { bodyLimit: 4_096 }, async (request, reply) => {
    refuseCrossSite(request);
    const { email, password } = credentialsOf(request.body);
    const outcome = await signIn.signIn({ email, password, remoteAddress: admission.remoteAddress(request) });
    if ("refusal" in outcome) {
      await recordRefused(request, reply, outcome);
      throw outcome.refusal;
    }
    const { principal, session } = outcome;
    try {
      await actions.endOrRefuse(asked(request, reply, principal, "session.sign_in"), DONE);
    } catch (error) {
      await signIn.signOut(session);
      throw error;
    }
    reply.header("set-cookie", cookie(session, SESSION_IDLE_HOURS * 3_600));
    return {
      tenantId: principal.tenant,
      actor: principal.actor,
      role: principal.role,
      actions: principal.actions,
    };
  });

  door.post(SIGN_OUT, { bodyLimit: 4_096 }, async (request, reply) => {
    refuseCrossSite(request);
    const session = cookieOf(request);
    if (session !== undefined) {
      const principal = await admission.principal(request).catch(() => undefined);
      await signIn.signOut(session);
      if (principal !== undefined) await actions.end(asked(request, reply, principal, "session.sign_out"), DONE);
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
