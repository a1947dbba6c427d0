import { refusals } from "./refusal.ts";

const refuse = refusals({ "revision.changed": "changed" });

/**
 * Refuses a change of what is no longer as the caller saw it. Call it on what was read under the lock that the change is
 * written under. No expectation fits anything; revisions begin with 1, so that 0 fits nothing.
 */
export function expectRevision({ revision }: { readonly revision: number }, expected: readonly number[]): void {
  if (expected.length === 0 || expected.includes(revision)) return;
  throw refuse(
    "revision.changed",
    `it is at revision ${revision} now, which is not what was expected: read it again, and make your change to what it is`,
  );
}
