import type { TrustedIngress } from "@muster/host/ingress";
import type { FastifyRequest } from "fastify";
import { mayDo, type Principal } from "../domain/principal.ts";
import type { RateLimit } from "../domain/rate-limit.ts";
import { refuse } from "../domain/refusals.ts";
import type { Authenticator } from "../usecases/authenticate.ts";

/** The session's cookie. */
export const COOKIE = "muster_session";

export const isSafe = (method: string): boolean => method === "GET" || method === "HEAD";

/** Decides who asks and whether they may, before anything of the body is read. */
export class Admission {
  readonly #authenticator: Authenticator;
  readonly #rates: RateLimit;
  readonly #ingress: TrustedIngress;

  constructor(authenticator: Authenticator, rates: RateLimit, ingress: TrustedIngress) {
    this.#authenticator = authenticator;
    this.#rates = rates;
    this.#ingress = ingress;
  }

  /** Who asks, by API token or session. */
  async principal(request: FastifyRequest): Promise<Principal> {
    const secret = secretOf(request);
    const principal = secret === undefined ? undefined : await this.#authenticator.principal(secret);
    if (principal === undefined) {
      throw refuse(
        "api.unauthenticated",
        secret === undefined
          ? "sign in, or send an API token as Authorization: Bearer muster_…"
          : "this token or session is unknown, expired or revoked; sign in again or make a new token",
      );
    }
    return principal;
  }

  /** Refuses a principal that asks too often. */
  slow(principal: Principal): void {
    const waitSec = this.#rates.take(principal.id, new Date());
    if (waitSec > 0) throw refuse("api.too_many_requests", "too many requests; send fewer", { retryAfterSec: waitSec });
  }

  /** Refuses a principal that may not do this, or a browser that was made to do it by another site. */
  check(request: FastifyRequest, principal: Principal, action: string): void {
    if (principal.proof === "session" && !isSafe(request.method)) refuseCrossSite(request);
    if (!mayDo(principal, action)) {
      throw refuse("api.forbidden", `the role ${principal.role} may not do this; it needs the right ${action}`);
    }
  }

  remoteAddress(request: FastifyRequest): string {
    return this.#ingress.remoteAddress(request.headers, request.socket.remoteAddress);
  }
}

/**
 * A cookie goes with every request to us, whoever made the browser send it. So a change needs a header that no form
 * can carry and that other origins may not set, and, where the browser tells, our own page as its origin.
 */
export function refuseCrossSite(request: FastifyRequest): void {
  if (request.headers["x-muster-csrf"] === undefined || isForeign(request)) {
    throw refuse(
      "api.cross_site",
      "a change with a session needs the header X-Muster-CSRF and must come from this origin",
    );
  }
}

/** The same for a form, which carries no header: for cookies that browsers never send for another site (SameSite=Strict). */
export function refuseForeign(request: FastifyRequest): void {
  if (isForeign(request)) throw refuse("api.cross_site", "a change must come from this origin's own page");
}

function isForeign({ headers }: FastifyRequest): boolean {
  const { "sec-fetch-site": site, origin, host } = headers;
  const foreignSite = typeof site === "string" && site !== "same-origin" && site !== "none";
  return foreignSite || (origin !== undefined && URL.parse(origin)?.host !== host);
}

/** The API token or session that a request shows. */
export const secretOf = (request: FastifyRequest): string | undefined => bearerOf(request) ?? cookieOf(request);

function bearerOf(request: FastifyRequest): string | undefined {
  return /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
}

export function cookieOf(request: FastifyRequest, wanted = COOKIE): string | undefined {
  for (const pair of (request.headers.cookie ?? "").split(";")) {
    const [name, value] = pair.trim().split("=", 2);
    if (name === wanted && value) return value;
  }
  return undefined;
}
