import type { Work } from "@muster/postgres/service-database";
import { gone } from "../../domain/profiles/device-profile.ts";
import { settle } from "../../domain/profiles/fit.ts";
import { findReplaced } from "../../storage/device-profiles.ts";
import { findMisfits, type ProfileScope } from "../../storage/profile-fit.ts";
import type { PolicyTables } from "../../storage/tables.ts";
import type { TellDeps } from "../tell-verdicts.ts";
import { recordDecisions } from "./record-decisions.ts";

/** How many rows are written in one statement. */
const BATCH = 5_000;

/** Makes profiles stand exactly where they are for, or be on their way there; the caller holds the locks. */
export async function refitProfiles(work: Work<PolicyTables>, deps: TellDeps, scope: ProfileScope): Promise<void> {
  const now = deps.now();
  const misfits = await findMisfits(work.sql, scope);
  for (let from = 0; from < misfits.length; from += BATCH) {
    const batch = misfits.slice(from, from + BATCH);
    const decisions = batch.map((misfit) => settle(misfit, deps.newId, now));
    await recordDecisions(
      work,
      decisions.map((decision) => ({ decision, previous: undefined })),
    );
    // Its removal would take away what is there in its place.
    const replaced = await findReplaced(
      work.sql,
      decisions.map(({ row }) => row),
    );
    await recordDecisions(
      work,
      replaced.map((row) => ({ decision: gone(row, now), previous: row.state })),
    );
  }
}
