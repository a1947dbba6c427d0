import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";

/*
 * What a person gets who signs in with a managed account, and the device shows with every request (Apple: account-driven
 * enrollment). Enrollment signs it with the key of the node keys, so that other services need not ask; the version in
 * front keeps the two apart:
 *
 *   base64url( version, 1 byte | JSON, n bytes | signature, 64 bytes )
 */
const VERSION = 2;
const SIGNATURE_BYTES = 64;
const LONGEST = 2_000;

/** Somebody is signed in on the device of an enrollment. */
export interface AccountGrant {
  readonly tenant: string;
  readonly enrollmentId: string;
  /** Whose device it is. */
  readonly ownership: "personal" | "corporate";
  /** The managed account, such as ada@example.org. */
  readonly account: string;
  readonly expiresAt: Date;
}

export class AccountTokenSigner {
  readonly #key: KeyObject;

  /** @param privateKey PKCS#8 DER, Ed25519. */
  constructor(privateKey: Buffer) {
    this.#key = createPrivateKey({ key: privateKey, format: "der", type: "pkcs8" });
  }

  issue(grant: AccountGrant): string {
    const statement = Buffer.concat([Buffer.of(VERSION), Buffer.from(JSON.stringify(grant))]);
    return Buffer.concat([statement, sign(null, statement, this.#key)]).toString("base64url");
  }
}

export class AccountTokenVerifier {
  readonly #key: KeyObject;

  /** @param publicKey SPKI DER. */
  constructor(publicKey: Buffer) {
    this.#key = createPublicKey({ key: publicKey, format: "der", type: "spki" });
  }

  /** What the Authorization header of a request grants; nothing when it is no token of ours, or one that ended. */
  inHeader(authorization: string | undefined, now: Date): AccountGrant | undefined {
    const token = /^Bearer ([\w-]+)$/i.exec(authorization ?? "")?.[1];
    if (token === undefined || token.length > LONGEST) return undefined;
    const bytes = Buffer.from(token, "base64url");
    const statement = bytes.subarray(0, -SIGNATURE_BYTES);
    if (statement[0] !== VERSION || !verify(null, statement, this.#key, bytes.subarray(-SIGNATURE_BYTES))) {
      return undefined;
    }
    const { expiresAt, ...grant } = JSON.parse(statement.subarray(1).toString()) as AccountGrant & {
      expiresAt: string;
    };
    const end = new Date(expiresAt);
    return end <= now ? undefined : { ...grant, expiresAt: end };
  }
}

/** Both sides of the tokens, for whoever holds the private key (PKCS#8 DER). */
export const accountTokens = (privateKey: Buffer) => ({
  signer: new AccountTokenSigner(privateKey),
  verifier: new AccountTokenVerifier(
    createPublicKey(createPrivateKey({ key: privateKey, format: "der", type: "pkcs8" })).export({
      format: "der",
      type: "spki",
    }),
  ),
});

/** What a device that shows no such token is told: where its person signs in (RFC 6750, with Apple's method). */
export const signInChallenge = (url: string): string => `Bearer method="apple-as-web" url="${url}"`;

/** Where the person signs in anew for an enrollment that is there. */
export const signInAnewUrl = (
  origin: string,
  { enrollmentId, tenant }: Pick<AccountGrant, "tenant" | "enrollmentId">,
) => `${origin}/apple/account/sign-in?tenant=${encodeURIComponent(tenant)}&enrollment=${enrollmentId}`;
