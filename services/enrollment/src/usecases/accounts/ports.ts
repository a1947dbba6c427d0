/** Who we are to an identity provider. */
export interface OpenIdClient {
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

/** Signs people in. Both refuse with account.provider_failed when the provider is away, or says no. */
export interface OpenIdProvider {
  /** Where the person's browser goes to. */
  begin(client: OpenIdClient, loginHint: string): Promise<{ readonly url: string; readonly secrets: SecretsOfRound }>;
  /** What the provider says of the person that came back with this query. */
  finish(client: OpenIdClient, query: string, secrets: SecretsOfRound): Promise<Readonly<Record<string, unknown>>>;
}
