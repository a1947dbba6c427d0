import type { Claims, RelyingParty, SecretsOfRound } from "@muster/openid/relying-party";

/** Signs people in. Both refuse with account.provider_failed when the provider is away, or says no. */
export interface OpenIdProvider {
  /** Where the person's browser goes to. */
  begin(client: RelyingParty, loginHint: string): Promise<{ readonly url: string; readonly secrets: SecretsOfRound }>;
  /** What the provider says of the person that came back with this query. */
  finish(client: RelyingParty, query: string, secrets: SecretsOfRound): Promise<Claims>;
}
