import { CompactSign, compactVerify, createLocalJWKSet, importJWK, type JSONWebKeySet, type JWK } from "jose";

/** A signed statement: the records from `first` to `number` have this root, and the last of them this hash. */
export interface Checkpoint {
  readonly tenant: string;
  readonly first: number;
  readonly number: number;
  /** The hash of the last record, and with it of all before. */
  readonly hash: string;
  /** The Merkle root over the hashes of the records from first to number. */
  readonly root: string;
  readonly time: string;
}

/** Told in the header, so that nothing else this key might sign can stand for a checkpoint. */
const TYPE = "muster-audit-checkpoint";

export type CheckpointSigner = (checkpoint: Checkpoint) => Promise<string>;

/** Makes what signs checkpoints: compact JWS, EdDSA (RFC 8037), with the private key as JWK. */
export async function checkpointSigner(jwk: JWK): Promise<CheckpointSigner> {
  const key = await importJWK(jwk, "EdDSA");
  const header = { alg: "EdDSA", typ: TYPE, ...(jwk.kid === undefined ? {} : { kid: jwk.kid }) };
  return ({ tenant, first, number, hash, root, time }) =>
    new CompactSign(new TextEncoder().encode(JSON.stringify({ tenant, first, number, hash, root, time })))
      .setProtectedHeader(header)
      .sign(key);
}

/** The public part of a private key. */
export const publicJwk = ({ d: _private, ...publicPart }: JWK): JWK => publicPart;

/** Reads a checkpoint that one of these keys signed; nothing when none did. */
export async function readCheckpoint(jws: string, keys: JSONWebKeySet): Promise<Checkpoint | undefined> {
  try {
    const { payload, protectedHeader } = await compactVerify(jws, createLocalJWKSet(keys), {
      algorithms: ["EdDSA", "Ed25519"],
    });
    if (protectedHeader.typ !== TYPE) return undefined;
    return JSON.parse(new TextDecoder().decode(payload)) as Checkpoint;
  } catch {
    return undefined;
  }
}
