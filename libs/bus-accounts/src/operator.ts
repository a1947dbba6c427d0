import type { KeyPair } from "@nats-io/nkeys";
import { signToken } from "./token.ts";

export interface Operator {
  readonly name: string;
  readonly key: KeyPair;
  /** Public keys that may sign accounts in its name. */
  readonly signingKeys: readonly string[];
  /** The public key of the account in which the server tells of itself. */
  readonly systemAccount: string;
}

/** The token at the root of all others: a server that has it believes no account that it did not sign. */
export const operatorToken = ({ name, key, signingKeys, systemAccount }: Operator, now: Date): string =>
  signToken(
    {
      name,
      subject: key.getPublicKey(),
      nats: { type: "operator", signing_keys: signingKeys, system_account: systemAccount },
    },
    key,
    now,
  );
