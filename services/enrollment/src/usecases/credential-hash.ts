import { createHash } from "node:crypto";

/** What is kept of a secret or token. Both are too long to be guessed, so a plain hash needs no salt and can be looked up. */
export const sha256 = (credential: string): string => createHash("sha256").update(credential).digest("hex");
