import type { HttpDoor } from "@muster/host/http-door";
import type { ServiceDatabase } from "@muster/postgres/service-database";
import { refuse } from "../domain/refusals.ts";
import { type Admission, COOKIE, cookieOf, refuseCrossSite } from "../rest/admission.ts";
import { SESSION_IDLE_HOURS } from "../storage/credentials.ts";
import type { GatewayTables } from "../storage/tables.ts";
import type { ProviderSignIn } from "../usecases/provider-sign-in.ts";
import { endSession } from "../usecases/sessions.ts";
import type { Attempt, SignIn } from "../usecases/sign-in.ts";
import type { WriteCookie } from "./cookies.ts";
import type { SignInRecord } from "./sign-in-record.ts";

export interface SignInParts {
  readonly database: ServiceDatabase<GatewayTables>;
  readonly signIn: SignIn;
  readonly providers: ProviderSignIn;
  readonly admission: Admission;
  readonly record: SignInRecord;
  readonly cookie: WriteCookie;
}

const SIGN_IN = "/api/v1/sign-in";
const SIGN_OUT = "/api/v1/sign-out";

/** Lets a browser sign in with a password, and out; the session is a cookie. */
export function offerSignIn(door: HttpDoor, parts: SignInParts): void {
  const { admission, cookie, database, providers, record, signIn } = parts;

  door.post(SIGN_IN, { bodyLimit: 4_096 }, async (request, reply) => {
    refuseCrossSite(request);
    const given = credentialsOf(request.body);
    const outcome = await signIn.signIn({ ...given, remoteAddress: admission.remoteAddress(request) });
    if ("refusal" in outcome) {
      await record.refused(request, reply, outcome);
      throw outcome.refusal;
    }
    const { principal, session } = outcome;
    try {
      await record.signedIn(request, reply, principal);
    } catch (error) {
      await endSession(database, session);
      throw error;
    }
    reply.header("set-cookie", cookie(COOKIE, session, "/", SESSION_IDLE_HOURS * 3_600));
    return {
      tenantId: principal.tenant,
      actor: principal.actor,
      role: principal.role,
      actions: principal.actions,
    };
  });

  door.post(SIGN_OUT, { bodyLimit: 4_096 }, async (request, reply) => {
    refuseCrossSite(request);
    reply.header("set-cookie", cookie(COOKIE, "", "/", 0));
    const session = cookieOf(request);
    if (session === undefined) return {};
    const principal = await admission.principal(request).catch(() => undefined);
    await endSession(database, session);
    if (principal === undefined) return {};
    await record.signedOut(request, reply, principal);
    const providerSignOutUrl = await providers.signOutUrl(principal);
    return providerSignOutUrl === undefined ? {} : { providerSignOutUrl };
  });
}

function credentialsOf(body: unknown): Pick<Attempt, "email" | "password" | "code"> {
  const { code = "", email, password } = (body ?? {}) as Record<string, unknown>;
  if (typeof email !== "string" || typeof password !== "string" || typeof code !== "string") {
    throw refuse("api.bad_request", 'the body is {"email": "…", "password": "…"}, and "code" of an authenticator app');
  }
  return { code, email, password };
}
