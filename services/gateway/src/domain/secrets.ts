import { createHash, randomBytes } from "node:crypto";

/** Starts every API token, so that scanners for leaked secrets can find one. */
const API_TOKEN_PREFIX = "muster_";

/** A secret that is shown once; only its hash is kept. 256 random bits need no slow hash. */
export const newApiToken = (): string => API_TOKEN_PREFIX + randomBytes(32).toString("base64url");

const SCIM_TOKEN_PREFIX = "muster_scim_";

export const newScimToken = (): string => SCIM_TOKEN_PREFIX + randomBytes(32).toString("base64url");

export const newSessionSecret = (): string => randomBytes(32).toString("base64url");

export const hashSecret = (secret: string): Buffer => createHash("sha256").update(secret).digest();

/** What may be shown of a hash: enough to tell two apart, too little to find the secret's row by. */
export const hashPrefix = (hash: Buffer): string => hash.toString("hex").slice(0, 16);
