import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
  None,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from "openid-client";
import { refuse } from "../domain/refusals.ts";
import type { OpenIdClient, OpenIdProvider, SecretsOfRound } from "../usecases/accounts/ports.ts";

const TIMEOUT_SECONDS = 10;
const LOOPBACK = /^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?(?:\/|$)/;

/** Signs people in by OpenID Connect: the authorization code flow with PKCE (OpenID Connect Core §3.1, RFC 7636). */
export function openIdProvider(redirectUrl: string): OpenIdProvider {
  const ask =
    <T>(question: (configuration: Configuration) => Promise<T>) =>
    async (client: OpenIdClient): Promise<T> => {
      try {
        return await question(await configurationOf(client));
      } catch (cause) {
        // What the provider answered is for the log of the operator's side, not for the person at the device.
        throw refuse("account.provider_failed", "the identity provider did not sign the person in; try again", {
          cause,
        });
      }
    };
  return {
    begin: (client, loginHint) =>
      ask(async (configuration) => {
        const secrets: SecretsOfRound = {
          verifier: randomPKCECodeVerifier(),
          nonce: randomNonce(),
          state: randomState(),
        };
        const url = buildAuthorizationUrl(configuration, {
          redirect_uri: redirectUrl,
          scope: "openid email profile",
          code_challenge: await calculatePKCECodeChallenge(secrets.verifier),
          code_challenge_method: "S256",
          nonce: secrets.nonce,
          state: secrets.state,
          ...(loginHint !== "" && { login_hint: loginHint }),
        });
        return { url: url.href, secrets };
      })(client),

    finish: (client, query, { nonce, state, verifier }) =>
      ask(async (configuration) => {
        const url = new URL(redirectUrl);
        url.search = query;
        const tokens = await authorizationCodeGrant(configuration, url, {
          pkceCodeVerifier: verifier,
          expectedNonce: nonce,
          expectedState: state,
          idTokenExpected: true,
        });
        return tokens.claims() ?? {};
      })(client),
  };
}

const configurationOf = ({ clientId, clientSecret, issuer }: OpenIdClient): Promise<Configuration> =>
  discovery(
    new URL(issuer),
    clientId,
    clientSecret,
    clientSecret === undefined ? None() : undefined,
    // Only the operator of the platform decides which providers there are; without TLS, none but one on this machine.
    { timeout: TIMEOUT_SECONDS, execute: LOOPBACK.test(issuer) ? [allowInsecureRequests] : [] },
  );
