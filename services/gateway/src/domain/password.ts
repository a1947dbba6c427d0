import { argon2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { refuse } from "./refusals.ts";

const derive = promisify(argon2);

// OWASP Password Storage Cheat Sheet: Argon2id with 19 MiB, 2 passes, 1 lane.
const MEMORY_KIB = 19_456;
const PASSES = 2;
const HASH_BYTES = 32;

const MIN_LENGTH = 12;
const MAX_LENGTH = 256;

export function checkPassword(password: string): void {
  if (password.length < MIN_LENGTH || password.length > MAX_LENGTH) {
    throw refuse("identity.weak_password", `a password has ${MIN_LENGTH} to ${MAX_LENGTH} characters`);
  }
}

/** The password's Argon2id hash as a PHC string, with its salt and parameters. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await hashWith(password, { salt, memory: MEMORY_KIB, passes: PASSES });
  return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=1$${unpadded(salt)}$${unpadded(hash)}`;
}

const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=1\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

export async function passwordMatches(password: string, phc: string): Promise<boolean> {
  const [, memory, passes, salt, wanted] = PHC.exec(phc) ?? [];
  if (salt === undefined || wanted === undefined || password.length > MAX_LENGTH) return false;
  const expected = Buffer.from(wanted, "base64");
  const actual = await hashWith(password, {
    salt: Buffer.from(salt, "base64"),
    memory: Number(memory),
    passes: Number(passes),
  });
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

interface Parameters {
  readonly salt: Buffer;
  readonly memory: number;
  readonly passes: number;
}

const hashWith = async (password: string, { salt, memory, passes }: Parameters): Promise<Buffer> =>
  Buffer.from(
    await derive("argon2id", { message: password, nonce: salt, parallelism: 1, tagLength: HASH_BYTES, memory, passes }),
  );

const unpadded = (bytes: Buffer): string => bytes.toString("base64").replace(/=+$/, "");
