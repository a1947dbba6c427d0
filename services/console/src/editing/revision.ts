import { Problem } from "@muster/api-client/problem";
import { capital } from "../words/names.ts";

/** What tells two states of one thing apart. */
export interface Revised {
  readonly revision: number;
  /** Of a profile, whose revision rises only with what devices have to be sent. */
  readonly version?: number;
  readonly updatedBy?: string;
}

/** What a change is held against: it is refused when the thing is no longer as it was shown. */
export const tagOf = ({ revision, version = revision }: Revised): string => `"${version}"`;

/** The one of a list as it is now, where the API has no address of its own for it. */
export function stillThere<Thing>(all: readonly Thing[], isIt: (thing: Thing) => boolean): Thing {
  const found = all.find(isIt);
  if (found === undefined) throw new Error("Somebody deleted this while you were editing.");
  return found;
}

export const isConflict = (problem: unknown): boolean =>
  problem instanceof Problem && problem.code === "revision.changed";

/** What went wrong, in words for people. */
export const inWords = (problem: Error): string =>
  isConflict(problem)
    ? "Somebody changed this since you opened it, and nothing was done. Look at what it is now, then try again."
    : capital(problem.message);
