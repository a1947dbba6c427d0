import { beginSignIn, finishSignIn } from "@muster/openid/relying-party";
import { refuse } from "../domain/refusals.ts";
import type { OpenIdProvider } from "../usecases/accounts/ports.ts";

const SCOPES = ["openid", "email", "profile"];

/** Signs people in whose accounts lead devices here. */
export function openIdProvider(redirectUrl: string): OpenIdProvider {
  const orRefuse = <T>(answer: Promise<T>): Promise<T> =>
    answer.catch((cause: unknown) => {
      // What the provider answered is for the log of the operator's side, not for the person at the device.
      throw refuse("account.provider_failed", "the identity provider did not sign the person in; try again", { cause });
    });
  return {
    begin: (client, loginHint) => orRefuse(beginSignIn(client, { redirectUrl, scopes: SCOPES, loginHint })),
    finish: (client, query, secrets) => orRefuse(finishSignIn(client, { redirectUrl, query, secrets })),
  };
}
