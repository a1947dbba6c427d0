import { discoveryFailed, type ErrorDocument } from "@muster/apple-protocol/mdm/error-documents";
import {
  type AccountGrant,
  type AccountTokenSigner,
  type AccountTokenVerifier,
  signInChallenge,
} from "@muster/device-identity/account-token";
import type { Handler } from "@muster/host/request-span";
import type { Vault } from "@muster/vault/vault";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { DeviceMakers } from "../ca/device-makers.ts";
import { allows, domainOf } from "../domain/accounts/account-sign-in.ts";
import type { Ownership } from "../domain/claim.ts";
import { refuse } from "../domain/refusals.ts";
import type { AccountSignIns, PendingSignIn, SignInReason } from "../usecases/accounts/sign-in.ts";
import type { HandedProfile } from "../usecases/apple/new-enrollment.ts";
import { enrollmentProfile, type ProfileSettings } from "./enrollment-profile.ts";
import { type Believes, machineInfoIn, updateFirst } from "./machine-info.ts";
import { bodyOf } from "./request-body.ts";

export interface AccountDoorsDeps {
  readonly signIns: AccountSignIns;
  readonly enrollByAccount: (grant: AccountGrant) => Promise<HandedProfile>;
  readonly accountTokens: { readonly signer: AccountTokenSigner; readonly verifier: AccountTokenVerifier };
  readonly makers: DeviceMakers;
  readonly vault: Vault;
  readonly settings: ProfileSettings;
  readonly now: () => Date;
}

const WAYS = { byod: "personal", adde: "corporate" } as const satisfies Record<string, Ownership>;
const isWay = (text: string): text is keyof typeof WAYS => Object.hasOwn(WAYS, text);

// Only this very origin sets and reads it; Lax, since the person comes back from the provider by a link.
const COOKIE = "__Host-muster-sign-in";
const ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Lax";
const BODY_LIMIT = 256 * 1024;
const PENDING = "account-sign-in-under-way";
/** The address that ends a sign-in in the device's own sheet (Apple: account-driven enrollment). */
const RETURN = "apple-remotemanagement-user-login://authentication-results";

/** How devices find this server by a managed account, how their people sign in, and how they enroll then. */
export function accountDoors(deps: AccountDoorsDeps, sendProfile: (reply: FastifyReply, profile: Buffer) => unknown) {
  const { accountTokens, makers, now, settings, signIns, vault } = deps;
  // A person answers for the device: who made it is asked where that is known.
  const believes: Believes = (signer, sent) => !makers.areKnown || makers.vouchFor(signer, sent);

  const discover: Handler = async (request, reply) => {
    const account = queryOf(request)["user-identifier"] ?? "";
    const found = await signIns.find(account);
    if (found === undefined) return sendDocument(reply, discoveryFailed());
    const ways = (Object.keys(WAYS) as (keyof typeof WAYS)[]).filter((way) => allows(found, WAYS[way]));
    const domain = domainOf(account);
    const Servers = ways.map((way) => ({
      Version: `mdm-${way}`,
      BaseURL: `${settings.origin}/apple/account/${way}?domain=${encodeURIComponent(domain)}`,
    }));
    return reply
      .header("content-type", "application/json")
      .header("cache-control", "no-store")
      .send(JSON.stringify({ Servers }));
  };

  const enroll: Handler = async (request, reply) => {
    const way = wayOf(request);
    const grant = accountTokens.verifier.inHeader(request.headers.authorization, now());
    if (grant !== undefined && grant.ownership !== WAYS[way])
      throw refuse("account.other_way", "this sign-in is for the other way to enroll");
    const domain = grant === undefined ? (queryOf(request)["domain"] ?? "") : domainOf(grant.account);
    const info = machineInfoIn(bodyOf(request), believes);
    const to = await signIns.admit({ domain, ownership: WAYS[way], tenant: grant?.tenant }, info);
    if (to !== undefined) return sendDocument(reply, updateFirst(to));
    if (grant === undefined) {
      const url = `${settings.origin}/apple/account/sign-in?way=${way}&domain=${encodeURIComponent(domain)}`;
      return reply.code(401).header("www-authenticate", signInChallenge(url)).send();
    }
    return sendProfile(reply, enrollmentProfile(await deps.enrollByAccount(grant), settings));
  };

  const signIn: Handler = async (request, reply) => {
    const { pending, url } = await signIns.begin(reasonIn(queryOf(request)));
    const sealed = vault.seal(PENDING, Buffer.from(JSON.stringify(pending))).toString("base64url");
    return reply
      .header("set-cookie", `${COOKIE}=${sealed}; ${ATTRIBUTES}`)
      .header("cache-control", "no-store")
      .redirect(url, 302);
  };

  const callback: Handler = async (request, reply) => {
    const [, query = ""] = request.url.split("?", 2);
    const grant = await signIns.finish(pendingIn(request.headers.cookie, vault), query);
    const token = accountTokens.signer.issue(grant);
    return reply
      .header("set-cookie", `${COOKIE}=; Max-Age=0; ${ATTRIBUTES}`)
      .header("cache-control", "no-store")
      .redirect(`${RETURN}?access-token=${token}`, 308);
  };

  return (door: FastifyInstance, traced: (handler: Handler) => Handler): void => {
    door.get("/.well-known/com.apple.remotemanagement", traced(discover));
    door.post("/apple/account/:way", { bodyLimit: BODY_LIMIT }, traced(enroll));
    door.get("/apple/account/sign-in", traced(signIn));
    door.get("/apple/account/callback", traced(callback));
  };
}

const queryOf = ({ query }: FastifyRequest) => query as Readonly<Record<string, string | undefined>>;

function wayOf({ params }: FastifyRequest): keyof typeof WAYS {
  const { way = "" } = params as { way?: string };
  if (!isWay(way)) throw refuse("account.not_here", "devices enroll by account at byod or adde");
  return way;
}

function reasonIn(query: Readonly<Record<string, string | undefined>>): SignInReason {
  const { domain = "", enrollment, tenant = "", way = "" } = query;
  if (enrollment !== undefined) return { kind: "anew", tenant, enrollmentId: enrollment };
  if (!isWay(way)) throw refuse("account.not_here", "way is byod or adde");
  return { kind: "enroll", domain, ownership: WAYS[way], account: query["user-identifier"] ?? "" };
}

function pendingIn(cookies: string | undefined, vault: Vault): PendingSignIn {
  const sealed = cookies
    ?.split(";")
    .map((each) => each.trim())
    .find((each) => each.startsWith(`${COOKIE}=`))
    ?.slice(COOKIE.length + 1);
  try {
    if (sealed !== undefined)
      return JSON.parse(vault.open(PENDING, Buffer.from(sealed, "base64url")).toString()) as PendingSignIn;
  } catch {
    // What cannot be opened was not sealed here.
  }
  throw refuse("account.sign_in_ended", "no sign-in is under way here; begin again on the device");
}

const sendDocument = (reply: FastifyReply, { body, contentType, status }: ErrorDocument) =>
  reply.code(status).header("content-type", contentType).send(body);
