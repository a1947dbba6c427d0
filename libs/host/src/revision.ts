import { refusals } from "./refusal.ts";

const refuse = refusals({ "revision.changed": "changed" });

/**
 * Refuses a change of what is no longer as the caller saw it. Call it in the transaction of the change, on what was read
 * under its lock or on what the write itself returns, less one. No expectation at all fits anything.
 */
export function expectRevision({ revision }: { readonly revision: number }, expected: readonly number[]): void {
  if (expected.length === 0 || expected.includes(revision)) return;
  throw refuse(
    "revision.changed",
    `it is at revision ${revision} now, which is not what was expected: read it again, and make your change to what it is`,
  );
}
