import { sign } from "node:crypto";
import type { KeyPair } from "../crypto/key-pair.ts";
import type { AppleDoor, DoorAnswer } from "../wire/apple-door.ts";

/** The server said no, and which (RFC 8555 §6.7). */
export class AcmeRefused extends Error {
  readonly status: number;
  /** Such as `badNonce`. */
  readonly problem: string;

  constructor(status: number, problem: string, detail: string) {
    super(`${status} ${problem}: ${detail}`);
    this.status = status;
    this.problem = problem;
  }
}

export interface AcmeAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly raw: Buffer;
  readonly location: string;
  /** Where else the answer points (RFC 8288). */
  readonly link: string;
}

interface Directory {
  readonly newNonce: string;
  readonly newAccount: string;
  readonly newOrder: string;
}

/** Parts of a signed request that a test wants otherwise. */
export interface Otherwise {
  readonly nonce?: string;
  readonly url?: string;
  readonly kid?: string | undefined;
  readonly key?: KeyPair;
  readonly contentType?: string;
}

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

const jsonOf = ({ body }: DoorAnswer): Record<string, unknown> => {
  try {
    return JSON.parse(body.toString()) as Record<string, unknown>;
  } catch {
    return {};
  }
};

/** An account at an ACME server, whose key signs every request with ES384. */
export class AcmeSession {
  readonly directory: Directory;
  readonly #door: AppleDoor;
  readonly #key: KeyPair;
  /** Its address at the server. */
  account: string | undefined;
  /** The one that the server told last. */
  nonce = "";

  private constructor(door: AppleDoor, directory: Directory, key: KeyPair) {
    this.#door = door;
    this.directory = directory;
    this.#key = key;
  }

  /** Reads the directory, and opens an account for the key. @throws AcmeRefused */
  static async open(door: AppleDoor, directoryUrl: string, key: KeyPair): Promise<AcmeSession> {
    const answer = await door.send({ method: "GET", url: directoryUrl });
    const directory = jsonOf(answer);
    if (answer.status !== 200) throw refusedBy(answer);
    const session = new AcmeSession(door, directory as unknown as Directory, key);
    session.nonce = (await door.send({ method: "GET", url: session.directory.newNonce })).headers["replay-nonce"] ?? "";
    const { location } = await session.post(session.directory.newAccount, { termsOfServiceAgreed: true });
    session.account = location;
    return session;
  }

  /** Sends a signed request; one without a payload reads (RFC 8555 §6.3). @throws AcmeRefused */
  async post(url: string, payload: unknown, otherwise: Otherwise = {}): Promise<AcmeAnswer> {
    const key = otherwise.key ?? this.#key;
    const kid = "kid" in otherwise ? otherwise.kid : this.account;
    const head = base64url({
      alg: "ES384",
      nonce: otherwise.nonce ?? this.nonce,
      url: otherwise.url ?? url,
      ...(kid === undefined ? { jwk: key.publicKey.export({ format: "jwk" }) } : { kid }),
    });
    const content = payload === undefined ? "" : base64url(payload);
    const signature = sign("sha384", Buffer.from(`${head}.${content}`), {
      key: key.privateKey,
      dsaEncoding: "ieee-p1363",
    });
    const answer = await this.#door.send({
      method: "POST",
      url,
      headers: { "content-type": otherwise.contentType ?? "application/jose+json" },
      body: JSON.stringify({ protected: head, payload: content, signature: signature.toString("base64url") }),
    });
    this.nonce = answer.headers["replay-nonce"] ?? this.nonce;
    if (answer.status >= 400) throw refusedBy(answer);
    return {
      status: answer.status,
      body: jsonOf(answer),
      raw: answer.body,
      location: answer.headers["location"] ?? "",
      link: answer.headers["link"] ?? "",
    };
  }
}

const refusedBy = (answer: DoorAnswer): AcmeRefused => {
  const { detail = "", type = "" } = jsonOf(answer) as { type?: string; detail?: string };
  return new AcmeRefused(answer.status, type.replace("urn:ietf:params:acme:error:", ""), detail);
};
