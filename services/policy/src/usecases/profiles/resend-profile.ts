import type { Caller } from "@muster/rpc/caller";
import { askAgain } from "../../domain/profiles/device-profile.ts";
import { refuse } from "../../domain/refusals.ts";
import { findToResend } from "../../storage/device-profiles.ts";
import type { WriteDeps } from "../write-policy.ts";
import { recordDecisions } from "./record-decisions.ts";

const MAX_DEVICES = 10_000;

/** Asks devices once more for what they did not do; also for the removal of a profile that is deleted here. */
export const resendProfile =
  (deps: WriteDeps) =>
  (caller: Caller, profileId: string, deviceIds: readonly string[]): Promise<number> => {
    if (deviceIds.length > MAX_DEVICES)
      throw refuse("profile.too_long", `device_ids names at most ${MAX_DEVICES} devices`);
    return deps.changes.tenant(caller.tenant, async (work) => {
      const rows = await findToResend(work.sql, caller.tenant, profileId, deviceIds);
      const now = deps.now();
      await recordDecisions(
        work,
        rows.map((row) => ({
          decision: askAgain({ ...row, repairs: 0, repairsSince: undefined }, deps.newId(), "", now),
          previous: row.state,
        })),
      );
      return rows.length;
    });
  };
