import type { HttpDoor } from "@muster/host/http-door";
import { Refusal } from "@muster/host/refusal";
import type { ServiceDatabase } from "@muster/postgres/service-database";
import type { Vault } from "@muster/vault/vault";
import type { FastifyReply } from "fastify";
import { tenantIdOf } from "../domain/names.ts";
import { ownPath } from "../domain/own-path.ts";
import { FIRST_TENANT } from "../domain/principal.ts";
import { type Admission, COOKIE, cookieOf } from "../rest/admission.ts";
import type { GatewayTables } from "../storage/tables.ts";
import { PROVIDER_SESSION_HOURS } from "../usecases/admit-person.ts";
import { CALLBACK, type ProviderSignIn, ROUND_MINUTES, type Round } from "../usecases/provider-sign-in.ts";
import { endSession } from "../usecases/sessions.ts";
import type { WriteCookie } from "./cookies.ts";
import type { SignInRecord } from "./sign-in-record.ts";

export interface ProviderDoorParts {
  readonly database: ServiceDatabase<GatewayTables>;
  readonly vault: Vault;
  readonly providers: ProviderSignIn;
  readonly admission: Admission;
  readonly record: SignInRecord;
  readonly cookie: WriteCookie;
}

type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

const PROVIDERS = "/api/v1/sign-in/providers";

/** Holds, sealed, the round that this browser began: what comes back counts in the same browser only. */
const ROUND_COOKIE = "muster_sign_in";
const ROUND_PATH = "/api/v1/sign-in";
const ROUND_PLACE = "sign-in/round";

/** Lets a browser sign in by an OpenID provider: each step is a redirect, and no address holds anything that lets anybody in. */
export function offerProviderSignIn(door: HttpDoor, parts: ProviderDoorParts): void {
  const { admission, cookie, database, providers, record, vault } = parts;

  door.get<{ Querystring: Query }>(PROVIDERS, async ({ query }) => {
    const tenant = textOf(query["tenant"]);
    return { providers: await providers.offered(tenant === "" ? FIRST_TENANT : tenantIdOf(tenant)) };
  });

  door.get<{ Params: { readonly id: string }; Querystring: Query }>(`${PROVIDERS}/:id`, (request, reply) =>
    orBack(reply, async () => {
      const returnTo = ownPath(textOf(request.query["return_to"]));
      const { round, url } = await providers.begin(request.params.id, returnTo, admission.remoteAddress(request));
      const sealed = vault.seal(ROUND_PLACE, Buffer.from(JSON.stringify(round))).toString("base64url");
      reply.header("set-cookie", cookie(ROUND_COOKIE, sealed, ROUND_PATH, ROUND_MINUTES * 60));
      return url;
    }),
  );

  door.get(CALLBACK, (request, reply) =>
    orBack(reply, async () => {
      reply.header("set-cookie", cookie(ROUND_COOKIE, "", ROUND_PATH, 0));
      const round = roundOf(vault, cookieOf(request, ROUND_COOKIE));
      const query = URL.parse(request.url, "http://own.invalid")?.search ?? "";
      const outcome = await providers.finish(round, query, admission.remoteAddress(request));
      if ("refusal" in outcome) {
        await record.refused(request, reply, outcome);
        throw outcome.refusal;
      }
      try {
        await record.signedIn(request, reply, outcome.principal);
      } catch (error) {
        await endSession(database, outcome.session);
        throw error;
      }
      reply.header("set-cookie", cookie(COOKIE, outcome.session, "/", PROVIDER_SESSION_HOURS * 3_600));
      return round?.returnTo ?? "/";
    }),
  );
}

/** Sends the browser to where the work says, or back to the sign-in page, which says why. */
async function orBack(reply: FastifyReply, work: () => Promise<string>): Promise<FastifyReply> {
  reply.headers({ "cache-control": "no-store", "referrer-policy": "no-referrer" });
  try {
    return reply.redirect(await work(), 303);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return reply.redirect(`/?sign_in_refused=${error.code}`, 303);
  }
}

function roundOf(vault: Vault, sealed: string | undefined): Round | undefined {
  if (sealed === undefined) return undefined;
  try {
    return JSON.parse(vault.open(ROUND_PLACE, Buffer.from(sealed, "base64url")).toString()) as Round;
  } catch {
    // Sealed by another platform, or by nobody.
    return undefined;
  }
}

const textOf = (value: Query[string]): string => (typeof value === "string" ? value : "");
