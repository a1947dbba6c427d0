import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The documents whose commands are held to what they say, the first that is read first; below the root. */
export const DOCUMENTS: readonly string[] = ["README.md"];
