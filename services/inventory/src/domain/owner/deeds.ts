/**
 * What is never done with a device that a person owns, with what its owner is told of it. The doors that refuse it ask this
 * table, and so does the owner's page.
 */
const FORBIDDEN_ON_PERSONAL = {
  live_query: "Ask it free questions (live queries)",
  scheduled_query: "Keep what scheduled queries find on it, and what its program writes about itself",
  label_query: "Put it into groups by what a question finds on it",
  policy_evidence: "Keep what a policy's question found on it, beyond whether the policy is met",
  carve: "Copy files from it",
} as const;

export type Deed = keyof typeof FORBIDDEN_ON_PERSONAL;

export const DEEDS = Object.entries(FORBIDDEN_ON_PERSONAL) as readonly (readonly [Deed, string])[];

/** Whether this may be done with a device that the organisation owns, or that a person does. */
export const mayDo = (deed: Deed, personal: boolean): boolean => !(personal && deed in FORBIDDEN_ON_PERSONAL);
