import { timingSafeEqual } from "node:crypto";
import { refuse } from "../../domain/refusals.ts";
import { findReceiver, type HeldReceiver } from "../../storage/signals/receivers.ts";
import type { SignalDeps } from "./ports.ts";
import { hashOf } from "./write-receiver.ts";

export const SCOPES = ["ssf.read", "ssf.manage"] as const;
export type Scope = (typeof SCOPES)[number];

const TOKEN_TYPE = "at+jwt";
/** CAEP interoperability profile 1.0 §2.7.2: an hour at most. */
export const TOKEN_SECONDS = 1_800;

/** The receiver with this secret; nothing when there is none, or it was revoked. */
async function receiverWith(
  { database, now }: SignalDeps,
  tenant: string,
  id: string,
  secret: string,
): Promise<HeldReceiver | undefined> {
  const receiver = await current({ database }, tenant, id);
  if (receiver === undefined || receiver.dialect === "okta") return undefined;
  const { secret_hash, previous_secret_hash, previous_secret_until } = receiver;
  const overlaps = previous_secret_hash !== null && previous_secret_until !== null && previous_secret_until > now();
  const hash = hashOf(secret);
  const fits = [secret_hash, ...(overlaps ? [previous_secret_hash] : [])].some((each) => timingSafeEqual(each, hash));
  return fits ? receiver : undefined;
}

/** An access token after RFC 9068 for a receiver that shows its secret; nothing when the secret is wrong. */
export async function issueToken(
  deps: SignalDeps,
  tenant: string,
  { id, secret, scopes }: { readonly id: string; readonly secret: string; readonly scopes: readonly Scope[] },
): Promise<string | undefined> {
  const receiver = await receiverWith(deps, tenant, id, secret);
  if (receiver === undefined) return undefined;
  const iat = Math.floor(deps.now().getTime() / 1_000);
  const issuer = deps.issuerOf(tenant);
  return deps.signer.sign(TOKEN_TYPE, {
    iss: issuer,
    aud: issuer,
    sub: receiver.id,
    client_id: receiver.id,
    scope: scopes.join(" "),
    iat,
    exp: iat + TOKEN_SECONDS,
    jti: deps.newId(),
  });
}

/** The receiver that a token was issued to, if it may do this; whoever was revoked meanwhile may nothing. */
export async function admitReceiver(
  deps: SignalDeps,
  tenant: string,
  token: string,
  scope: Scope,
): Promise<HeldReceiver> {
  const claims = await deps.signer.verify(TOKEN_TYPE, token, deps.issuerOf(tenant));
  const receiver = claims && (await current(deps, tenant, String(claims["sub"])));
  if (claims === undefined || receiver === undefined) {
    throw refuse("signal.no_token", "the token is none that was issued here, has ended, or its receiver was revoked");
  }
  const granted = String(claims["scope"]).split(" ");
  // Who may manage may read as well.
  if (!granted.includes(scope) && !granted.includes("ssf.manage")) {
    throw refuse("signal.out_of_scope", `this needs a token with the scope ${scope}`);
  }
  return receiver;
}

async function current(
  { database }: Pick<SignalDeps, "database">,
  tenant: string,
  id: string,
): Promise<HeldReceiver | undefined> {
  const receiver = await database
    .tenant(tenant, ({ sql }) => findReceiver(sql, tenant, id))
    .catch((error: unknown) => {
      if (error instanceof Error && "code" in error && error.code === "signal.receiver_unknown") return undefined;
      throw error;
    });
  return receiver?.revoked_at === null ? receiver : undefined;
}
