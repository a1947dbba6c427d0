export interface ServerAccounts {
  readonly operatorToken: string;
  readonly systemAccount: string;
  /** Tokens the server knows from its first start on, by the account's public key. */
  readonly preloaded: Readonly<Record<string, string>>;
  /** The folder in which the server keeps the tokens it is sent. */
  readonly accountsDir: string;
}

/** The part of a nats-server's configuration that says whom it believes. */
export const serverConfig = ({ operatorToken, systemAccount, preloaded, accountsDir }: ServerAccounts): string =>
  `operator: ${operatorToken}
system_account: ${systemAccount}
resolver: {
  type: full
  dir: ${JSON.stringify(accountsDir)}
  # The accounts of revoked subscribers go.
  allow_delete: true
}
resolver_preload: {
${Object.entries(preloaded)
  .map(([account, token]) => `  ${account}: ${token}\n`)
  .join("")}}
`;
