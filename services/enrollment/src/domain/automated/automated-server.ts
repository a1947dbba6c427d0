import type { AssignmentRule } from "./assignment-rule.ts";

/** What Apple says of the account behind a server token. */
export interface AppleAccount {
  readonly serverName: string;
  readonly serverUuid: string;
  readonly organization: string;
}

/** Where the list of devices was left: a fetch that is not at its end, or the changes since then. */
export interface SyncPosition {
  readonly phase: "fetch" | "sync";
  /** Empty at the very beginning. */
  readonly cursor: string;
  /** Rises with each fetch from the beginning: a device that an ended fetch did not bring is not ours any more. */
  readonly round: number;
}

/** One device management service of Apple Business Manager or Apple School Manager. */
export interface AutomatedServer {
  readonly tenant: string;
  readonly id: string;
  readonly name: string;
  /** Its public key as Apple gets it, PEM. */
  readonly certificate: string;
  /** Nothing before the first token. */
  readonly tokenExpiresAt: Date | undefined;
  readonly account: AppleAccount | undefined;
  readonly rules: readonly AssignmentRule[];
  readonly defaultProfileId: string | undefined;
  readonly position: SyncPosition;
  /** Whether a fetch has come to its end once. */
  readonly fetched: boolean;
  readonly syncedAt: Date | undefined;
  readonly nextSyncAt: Date | undefined;
  /** How many synchronizations failed in a row. */
  readonly failures: number;
  readonly lastError: string;
  readonly termsChangedAt: Date | undefined;
  /** How many warnings were given that its token ends. */
  readonly expiryWarnings: number;
  readonly createdAt: Date;
  /** Rises with each change that people make. */
  readonly revision: number;
}

/** What is needed to speak for a server. */
export interface ServerToken {
  readonly consumerKey: string;
  readonly consumerSecret: string;
  readonly accessToken: string;
  readonly accessSecret: string;
  readonly expiresAt: Date;
}
