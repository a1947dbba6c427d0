import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildEndSessionUrl,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  None,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from "openid-client";

/** Who we are to an OpenID provider. */
export interface RelyingParty {
  readonly issuer: string;
  readonly clientId: string;
  /** Unset for a public client. */
  readonly clientSecret: string | undefined;
}

/** What binds the answer of a provider to the question. */
export interface SecretsOfRound {
  readonly verifier: string;
  readonly nonce: string;
  readonly state: string;
}

export type Claims = Readonly<Record<string, unknown>>;

export interface Question {
  readonly redirectUrl: string;
  readonly scopes: readonly string[];
  /** The account that is expected; empty when any is. */
  readonly loginHint: string;
}

export interface Answer {
  readonly redirectUrl: string;
  /** With what the person's browser came back to it. */
  readonly query: string;
  readonly secrets: SecretsOfRound;
  /** The claims that are asked of the provider's userinfo when its ID token lacks one. */
  readonly wanted?: readonly string[];
}

const TIMEOUT_SECONDS = 10;
const LOOPBACK = /^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?(?:\/|$)/;

/**
 * Begins the authorization code flow with PKCE (OpenID Connect Core §3.1, RFC 7636).
 * @returns where the person's browser goes to, and what has to be kept until it comes back.
 */
export async function beginSignIn(
  party: RelyingParty,
  { loginHint, redirectUrl, scopes }: Question,
): Promise<{ readonly url: string; readonly secrets: SecretsOfRound }> {
  const secrets = { verifier: randomPKCECodeVerifier(), nonce: randomNonce(), state: randomState() };
  const url = buildAuthorizationUrl(await configurationOf(party), {
    redirect_uri: redirectUrl,
    scope: scopes.join(" "),
    code_challenge: await calculatePKCECodeChallenge(secrets.verifier),
    code_challenge_method: "S256",
    nonce: secrets.nonce,
    state: secrets.state,
    ...(loginHint !== "" && { login_hint: loginHint }),
  });
  return { url: url.href, secrets };
}

/** What the provider says of the person that came back; throws when it says no, or what it says is not to be believed. */
export async function finishSignIn(
  party: RelyingParty,
  { query, redirectUrl, secrets, wanted = [] }: Answer,
): Promise<Claims> {
  const configuration = await configurationOf(party);
  const url = new URL(redirectUrl);
  url.search = query;
  const tokens = await authorizationCodeGrant(configuration, url, {
    pkceCodeVerifier: secrets.verifier,
    expectedNonce: secrets.nonce,
    expectedState: secrets.state,
    idTokenExpected: true,
  });
  const claims = tokens.claims();
  if (claims === undefined) throw new Error("the provider gave no ID token");
  const isThin = wanted.some((name) => claims[name] === undefined);
  if (!isThin || configuration.serverMetadata().userinfo_endpoint === undefined) return claims;
  return { ...(await fetchUserInfo(configuration, tokens.access_token, claims.sub)), ...claims };
}

/**
 * Where a browser goes to end the person's session at the provider too (OpenID Connect RP-Initiated Logout 1.0 §2);
 * nothing when the provider offers none. It names us and the person and carries no token, so the provider may ask the person.
 */
export async function endSessionUrl(
  party: RelyingParty,
  { account, returnUrl }: { readonly account: string; readonly returnUrl: string },
): Promise<string | undefined> {
  const configuration = await configurationOf(party);
  if (configuration.serverMetadata().end_session_endpoint === undefined) return undefined;
  return buildEndSessionUrl(configuration, { post_logout_redirect_uri: returnUrl, logout_hint: account }).href;
}

// Asked anew each time, so that a provider may change its keys and addresses at any moment.
const configurationOf = ({ clientId, clientSecret, issuer }: RelyingParty): Promise<Configuration> =>
  discovery(
    new URL(issuer),
    clientId,
    clientSecret,
    clientSecret === undefined ? None() : secretAsTaken(clientSecret),
    {
      timeout: TIMEOUT_SECONDS,
      // Only the operator of the platform decides which providers there are; without TLS, none but one on this machine.
      execute: [enableNonRepudiationChecks, ...(LOOPBACK.test(issuer) ? [allowInsecureRequests] : [])],
    },
  );

/** Shows the secret in the body, or in the header to a provider that does not say that it takes it there (OpenID Connect Discovery §3). */
const secretAsTaken =
  (secret: string): ClientAuth =>
  (server, ...rest) =>
    (server.token_endpoint_auth_methods_supported?.includes("client_secret_post")
      ? ClientSecretPost(secret)
      : ClientSecretBasic(secret))(server, ...rest);
