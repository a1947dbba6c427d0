import { calculateJwkThumbprint, createLocalJWKSet, type GeneralJWS, generalVerify, type JSONWebKeySet } from "jose";

/** The keys that commands are believed by. */
export interface CommandKeys {
  readonly commandKeys: JSONWebKeySet;
  /** When the server said so; not there while they are those of the enrollment. */
  readonly commandKeysIssuedAt?: string;
}

const TYPE = "muster-command-keys";
/** No clock of a server is this far ahead; a set from so far would keep all later ones out. */
const AHEAD_MS = 24 * 3600_000;

/** What the server compares with what it has: the keys' RFC 7638 thumbprints in order, with dots between. */
export async function digestOf({ keys }: JSONWebKeySet): Promise<string> {
  return (await Promise.all(keys.map((key) => calculateJwkThumbprint(key)))).toSorted().join(".");
}

/**
 * The keys that the server announces, if one of the present ones signed them and they are not older than those; throws
 * with the reason if not. They replace the present ones: a key that is not among them is believed no more.
 */
export async function adoptKeys(announced: unknown, present: CommandKeys, now: Date): Promise<CommandKeys> {
  const { payload, protectedHeader } = await generalVerify(
    announced as GeneralJWS,
    createLocalJWKSet(present.commandKeys),
    { algorithms: ["EdDSA", "Ed25519"] },
  );
  if (protectedHeader?.typ !== TYPE) throw new Error("what is signed is no set of keys");
  const { issuedAt, keys } = JSON.parse(new TextDecoder().decode(payload)) as {
    readonly issuedAt?: string;
    readonly keys?: JSONWebKeySet["keys"];
  };
  const at = Date.parse(issuedAt ?? "");
  if (Number.isNaN(at) || !Array.isArray(keys) || keys.length === 0) throw new Error("the set of keys is not complete");
  if (at > now.getTime() + AHEAD_MS) throw new Error("the set of keys is from a time to come");
  if (at < Date.parse(present.commandKeysIssuedAt ?? new Date(0).toISOString())) {
    throw new Error("the set of keys is older than the present one");
  }
  return { commandKeys: { keys }, commandKeysIssuedAt: new Date(at).toISOString() };
}
