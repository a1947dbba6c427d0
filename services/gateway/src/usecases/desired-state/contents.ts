import { createHmac } from "node:crypto";
import type { Wanted } from "../../domain/desired-state/documents.ts";
import { keyOf } from "../../domain/desired-state/kind.ts";

/** Keyed hashes of the contents of a document, by field: they tell whether a secret is another one, and nothing else. */
export function contentHashes(key: Buffer, tenant: string, { kind, name, values }: Wanted): Record<string, string> {
  const of = keyOf({ kind: kind.kind, name });
  return Object.fromEntries(
    [...values].map(([path, content]) => {
      const hash = createHmac("sha256", key).update(JSON.stringify(["desired state", tenant, of, path]));
      return [path, hash.update(content).digest("base64url")];
    }),
  );
}
